use burn::config::Config;
use kd_core::Schedule;
use serde::{Deserialize, Serialize};

/// How much each exit counts, as it changes over training: a [`Schedule`] for each, shallow to deep.
///
/// It holds no state. Ask it [`at`](Self::at) a step, and give what it says to `with_weights`.
///
/// # Example
///
/// The shallow exit counts less and less:
///
/// ```
/// use kd_core::Schedule;
/// use kd_self::{ByotLossConfig, ExitWeights};
///
/// let weights = ExitWeights::new([Schedule::linear(1.0, 0.2, 100), Schedule::constant(1.0)]);
/// let byot = ByotLossConfig::new().init();
///
/// for step in [0, 50, 100] {
///     let byot = byot.clone().with_weights(weights.at(step));
///     // …
/// }
/// assert_eq!(weights.at(50), [0.6, 1.0]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExitWeights {
    schedules: Vec<Schedule>,
}

impl Config for ExitWeights {}

impl ExitWeights {
    /// A schedule, or a number, for each exit.
    pub fn new(schedules: impl IntoIterator<Item = impl Into<Schedule>>) -> Self {
        Self {
            schedules: schedules.into_iter().map(Into::into).collect(),
        }
    }

    /// The weights at `step`, counted from 0.
    pub fn at(&self, step: usize) -> Vec<f64> {
        self.schedules.iter().map(|schedule| schedule.at(step)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_serde() {
        let weights = ExitWeights::new([Schedule::cosine(1.0, 0.0, 10), 0.5.into()]);
        let json = serde_json::to_string(&weights).unwrap();
        assert_eq!(
            json,
            r#"[{"cosine":{"from":1.0,"to":0.0,"steps":10}},{"constant":0.5}]"#
        );
        assert_eq!(serde_json::from_str::<ExitWeights>(&json).unwrap(), weights);
    }

    #[test]
    fn numbers_are_constant_schedules() {
        assert_eq!(ExitWeights::new([1.0, 0.5]).at(1000), [1.0, 0.5]);
    }
}
