use kd_metrics::Predictions;
use serde::{Deserialize, Serialize};

use crate::{Softness, SoftnessPoint};

/// Sums over samples, at each temperature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SoftnessSums {
    /// Each holds sums where a [`SoftnessPoint`] of a report holds means.
    sums: Vec<SoftnessPoint>,
    samples: u64,
}

impl SoftnessSums {
    pub fn new(temperatures: &[f64]) -> Self {
        let nothing = |&temperature| SoftnessPoint {
            temperature,
            entropy: 0.0,
            beyond: 0.0,
            second: 0.0,
            soft: 0.0,
        };
        Self {
            sums: temperatures.iter().map(nothing).collect(),
            samples: 0,
        }
    }

    pub fn add(&mut self, teacher: &Predictions) {
        for (log_probs, _) in teacher.iter() {
            let sorted = first_two(log_probs);
            for sum in &mut self.sums {
                let [entropy, beyond, second] = of_row(log_probs, sorted, sum.temperature);
                sum.entropy += entropy;
                sum.beyond += beyond;
                sum.second += second;
                sum.soft += f64::from(second >= Softness::REAL_MASS);
            }
            self.samples += 1;
        }
    }

    #[track_caller]
    pub fn merge(&mut self, other: &Self) {
        let temperatures = |sums: &[SoftnessPoint]| -> Vec<f64> { sums.iter().map(|sum| sum.temperature).collect() };
        let (here, there) = (temperatures(&self.sums), temperatures(&other.sums));
        assert!(
            here == there,
            "Diagnosis: the temperatures are {here:?} and {there:?}; merge what was counted at the same"
        );
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            sum.entropy += other.entropy;
            sum.beyond += other.beyond;
            sum.second += other.second;
            sum.soft += other.soft;
        }
        self.samples += other.samples;
    }

    /// `None` of no samples.
    pub fn means(&self, classes: usize) -> Option<Softness> {
        let mean = |sum: f64| sum / self.samples as f64;
        let of = |sum: &SoftnessPoint| SoftnessPoint {
            temperature: sum.temperature,
            entropy: mean(sum.entropy),
            beyond: mean(sum.beyond),
            second: mean(sum.second),
            soft: mean(sum.soft),
        };
        (self.samples > 0).then(|| Softness {
            classes,
            points: self.sums.iter().map(of).collect(),
        })
    }
}

/// The place of the likeliest class, and how likely it and the next one are.
fn first_two(row: &[f64]) -> (usize, f64, f64) {
    let (mut place, mut first, mut second) = (0, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (class, &value) in row.iter().enumerate() {
        if value > first {
            (place, first, second) = (class, value, first);
        } else if value > second {
            second = value;
        }
    }
    (place, first, second)
}

/// Entropy in nats, what is beyond the first choice, and what the second has.
fn of_row(row: &[f64], (place, first, second): (usize, f64, f64), temperature: f64) -> [f64; 3] {
    let (mut others, mut mean) = (0.0, 0.0);
    for (class, &value) in row.iter().enumerate() {
        // What does not exist has no share, and 0 · −∞ is not a number.
        if class != place && value != f64::NEG_INFINITY {
            let below = (value - first) / temperature;
            let weight = below.exp();
            others += weight;
            mean += weight * below;
        }
    }
    // The first choice weighs 1. What the others have is summed up, and not 1 less the first, which has no digits for a sure teacher.
    let all = 1.0 + others;
    let second = ((second - first) / temperature).exp() / all;
    [others.ln_1p() - mean / all, others / all, second]
}
