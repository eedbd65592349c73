//! Things timed in turns, so that whatever else the machine does falls on all of them alike.

use std::time::Instant;

/// Lower quartile, median and upper quartile.
#[derive(Clone, Copy, Debug)]
pub struct Quartiles([f64; 3]);

impl Quartiles {
    /// Of these values, of which there is at least one.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let last = values.len() - 1;
        Self([last / 4, last / 2, last - last / 4].map(|place| values[place]))
    }

    /// The median.
    pub fn median(self) -> f64 {
        self.0[1]
    }

    /// `median (lower quartile–upper quartile)`, each times `scale`.
    pub fn show(self, scale: f64) -> String {
        let [lower, median, upper] = self.0.map(|value| value * scale);
        format!("{median:.3} ({lower:.3}–{upper:.3})")
    }
}

/// What each took, round by round.
pub struct Turns(Vec<Vec<f64>>);

impl Turns {
    /// Runs each once a round, and beforehand twice untimed. Who begins a round changes.
    pub fn take(rounds: usize, runs: &mut [&mut dyn FnMut()]) -> Self {
        let count = runs.len();
        let mut seconds = vec![Vec::with_capacity(rounds); count];
        for round in 0..rounds + 2 {
            for turn in 0..count {
                let number = (round + turn) % count;
                let began = Instant::now();
                runs[number]();
                if round >= 2 {
                    seconds[number].push(began.elapsed().as_secs_f64());
                }
            }
        }
        Self(seconds)
    }

    /// Seconds that one of them took.
    pub fn seconds(&self, number: usize) -> Quartiles {
        Quartiles::of(self.0[number].clone())
    }

    /// How much longer than `base` it took in the same round.
    pub fn ratio(&self, number: usize, base: usize) -> Quartiles {
        let ratios = self.0[number].iter().zip(&self.0[base]);
        Quartiles::of(ratios.map(|(seconds, base)| seconds / base).collect())
    }
}
