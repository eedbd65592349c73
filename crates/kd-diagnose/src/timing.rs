use std::time::Instant;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

/// Rounds in which kernels are compiled and memory is got.
const WARM_UP: usize = 2;

/// How long a pass takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Timing {
    /// Of the student, in seconds: the median over rounds.
    pub student: f64,
    /// Of the teacher, in seconds: the median over rounds.
    pub teacher: f64,
    /// How many times as long the teacher takes: the median over rounds of what it was in each, so that what else the machine does, which
    /// slows both, is not in it.
    pub ratio: f64,
    /// How many rounds there were.
    pub rounds: usize,
}

pub(crate) fn take_turns<S, T>(
    device: &Device,
    rounds: usize,
    mut student: impl FnMut() -> S,
    mut teacher: impl FnMut() -> T,
) -> Timing {
    let mut taken = Vec::with_capacity(rounds);
    for round in 0..WARM_UP + rounds {
        let pair = (seconds(device, &mut student), seconds(device, &mut teacher));
        if round >= WARM_UP {
            taken.push(pair);
        }
    }
    Timing {
        student: median(taken.iter().map(|(student, _)| *student)),
        teacher: median(taken.iter().map(|(_, teacher)| *teacher)),
        ratio: median(taken.iter().map(|(student, teacher)| teacher / student)),
        rounds,
    }
}

fn seconds<R>(device: &Device, pass: &mut impl FnMut() -> R) -> f64 {
    wait(device);
    let began = Instant::now();
    // What nobody holds a lazy device need not compute.
    let output = pass();
    wait(device);
    let seconds = began.elapsed().as_secs_f64();
    drop(output);
    // A clock may be too coarse for a tiny pass, and a ratio wants a divisor.
    seconds.max(1e-9)
}

fn wait(device: &Device) {
    device
        .sync()
        .unwrap_or_else(|error| panic!("CapacityReport: the device failed while it was waited for: {error:?}"));
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        0.5 * (values[middle - 1] + values[middle])
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
    }
}
