use std::f64::consts::PI;

use burn::config::Config;
use serde::{Deserialize, Serialize};

/// A number that changes over training, as a value: a temperature, an alpha, the weight of a term.
///
/// A schedule holds no state. Ask it [`at`](Self::at) a step; whether a step is a batch or an epoch is up to you.
///
/// # Example
///
/// ```
/// use kd_core::Schedule;
///
/// let weight = Schedule::cosine(1.0, 0.0, 100).warm_up(20);
/// assert_eq!(weight.at(0), 0.0); // warming up
/// assert_eq!(weight.at(20), 1.0); // warm: the cosine begins
/// assert!((weight.at(70) - 0.5).abs() < 1e-12); // half-way down
/// assert_eq!(weight.at(120), 0.0); // and it stays there
/// assert_eq!(weight.at(999), 0.0);
/// ```
///
/// In a loop, for a temperature that falls from 20 to 4:
///
/// ```text
/// let temperature = Schedule::linear(20.0, 4.0, steps);
/// …
/// let soft = kd.clone().with_temperature(temperature.at(step)).forward(student, teacher);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Schedule {
    /// The same number at every step.
    Constant(f64),
    /// A straight line: `from + (to − from) · step / steps`, and `to` from then on.
    Linear {
        /// The value at step 0.
        from: f64,
        /// The value at step `steps` and after.
        to: f64,
        /// How many steps the way takes; with 0 it is over at once.
        steps: usize,
    },
    /// Half a cosine: `from · w + to · (1 − w)` with `w = (1 + cos(π · step / steps)) / 2`, and `to` from then on.
    Cosine {
        /// The value at step 0.
        from: f64,
        /// The value at step `steps` and after.
        to: f64,
        /// How many steps the way takes; with 0 it is over at once.
        steps: usize,
    },
    /// A straight line from 0 to the first value of another schedule, which begins when the line has reached it.
    WarmUp {
        /// How many steps the line takes.
        steps: usize,
        /// What follows.
        then: Box<Schedule>,
    },
}

impl Config for Schedule {}

impl Schedule {
    /// The same number at every step.
    pub fn constant(value: f64) -> Self {
        Self::Constant(value)
    }

    /// A straight line from one number to another.
    pub fn linear(from: f64, to: f64, steps: usize) -> Self {
        Self::Linear { from, to, steps }
    }

    /// Half a cosine from one number to another: slow at both ends.
    pub fn cosine(from: f64, to: f64, steps: usize) -> Self {
        Self::Cosine { from, to, steps }
    }

    /// This schedule after a straight line from 0 to its first value: for weights, since no temperature may be 0.
    pub fn warm_up(self, steps: usize) -> Self {
        Self::WarmUp {
            steps,
            then: Box::new(self),
        }
    }

    /// The value at `step`, counted from 0.
    pub fn at(&self, step: usize) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Linear { to, steps, .. } | Self::Cosine { to, steps, .. } if step >= *steps => *to,
            Self::Linear { from, to, steps } => from + (to - from) * fraction(step, *steps),
            Self::Cosine { from, to, steps } => {
                let left = 0.5 * (1.0 + (PI * fraction(step, *steps)).cos());
                from * left + to * (1.0 - left)
            }
            Self::WarmUp { steps, then } if step < *steps => then.at(0) * fraction(step, *steps),
            Self::WarmUp { steps, then } => then.at(step - steps),
        }
    }
}

fn fraction(step: usize, steps: usize) -> f64 {
    step as f64 / steps as f64
}

impl From<f64> for Schedule {
    fn from(value: f64) -> Self {
        Self::Constant(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_exact() {
        for schedule in [Schedule::linear(0.1, 0.7, 7), Schedule::cosine(0.1, 0.7, 7)] {
            assert_eq!(schedule.at(0), 0.1);
            assert_eq!(schedule.at(7), 0.7);
            assert_eq!(schedule.at(usize::MAX), 0.7);
        }
    }

    #[test]
    fn no_steps_means_over_at_once() {
        assert_eq!(Schedule::linear(1.0, 2.0, 0).at(0), 2.0);
        assert_eq!(Schedule::cosine(1.0, 2.0, 0).at(0), 2.0);
        assert_eq!(Schedule::constant(3.0).warm_up(0).at(0), 3.0);
    }

    #[test]
    fn warm_up_rises_in_a_line_and_hands_over() {
        let schedule = Schedule::linear(4.0, 0.0, 4).warm_up(2);
        let values: Vec<f64> = (0..8).map(|step| schedule.at(step)).collect();
        assert_eq!(values, [0.0, 2.0, 4.0, 3.0, 2.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn cosine_is_flat_at_both_ends() {
        let schedule = Schedule::cosine(1.0, 0.0, 1000);
        assert!(schedule.at(0) - schedule.at(1) < 1e-5);
        assert!(schedule.at(999) < 1e-5);
        assert!((schedule.at(500) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn survives_serde() {
        let schedule = Schedule::cosine(20.0, 4.0, 100).warm_up(10);
        let json = serde_json::to_string(&schedule).unwrap();
        assert_eq!(
            json,
            r#"{"warm_up":{"steps":10,"then":{"cosine":{"from":20.0,"to":4.0,"steps":100}}}}"#
        );
        assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), schedule);
    }
}
