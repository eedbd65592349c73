//! How an exit did: one score per way of training, exit and seed.

use burn::prelude::*;
use kd::metrics::{Calibration, Report, Scores};
use kd::self_distillation::EarlyExitRow;
use serde::Serialize;

use crate::way::Way;

/// How one exit did with one seed, after the last epoch.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// The seed of the whole run.
    pub seed: u64,
    /// How the network was trained.
    pub way: Way,
    /// The exit, counted from 1, the shallowest.
    pub exit: usize,
    /// Wrong answers.
    pub errors: usize,
    /// Accuracy, likelihood, Brier score, calibration errors.
    #[serde(flatten)]
    pub report: Report,
    /// How often it is right, bin by bin of how sure it is.
    pub calibration: Calibration,
    /// How long the training took, seconds of wall-clock time; 0 for what came along with another.
    pub seconds: f64,
}

/// What it saves to stop at the first exit that is sure, with one seed.
#[derive(Clone, Debug, Serialize)]
pub struct EarlyExits {
    /// The seed of the whole run.
    pub seed: u64,
    /// How the network was trained.
    pub way: Way,
    /// For each threshold; costs are multiply-adds as a share of the deepest exit's alone.
    pub rows: Vec<EarlyExitRow>,
}

impl Score {
    /// Marks the logits of an exit, counted from 0, against the labels.
    ///
    /// # Panics
    ///
    /// Panics when there are no images.
    pub fn new(seed: u64, way: Way, exit: usize, logits: Tensor<2>, labels: Tensor<1, Int>) -> Self {
        let mut scores = Scores::new();
        scores.update(logits, labels);
        let report = scores.report().expect("there are images to be tested on");
        Self {
            seed,
            way,
            exit: exit + 1,
            errors: ((1.0 - report.accuracy) * report.samples as f64).round() as usize,
            report,
            calibration: scores.calibration().clone(),
            seconds: 0.0,
        }
    }

    /// The same, of a network whose training took this long.
    pub fn with_seconds(self, seconds: f64) -> Self {
        Self { seconds, ..self }
    }

    /// Share of the images it got wrong, percent.
    pub fn error_percent(&self) -> f64 {
        100.0 * (1.0 - self.report.accuracy)
    }
}

/// Errors that an exit makes fewer when trained one way than when trained another, percent of the images, for each seed in
/// which both are finished: within a seed both begin with the same weights, so the difference says more than the two means.
pub fn advantage(scores: &[Score], exit: usize, way: Way, over: Way) -> Vec<f64> {
    let of_exit = |way| {
        scores
            .iter()
            .filter(move |score| score.exit == exit && score.way == way)
    };
    let pairs = of_exit(way).filter_map(|score| {
        let other = of_exit(over).find(|other| other.seed == score.seed)?;
        Some(other.error_percent() - score.error_percent())
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten images of which the first `errors` are answered wrongly.
    fn score(seed: u64, way: Way, exit: usize, errors: usize) -> Score {
        let device = Device::flex();
        let logits: Vec<f32> = (0..10)
            .flat_map(|row| if row < errors { [0.0, 1.0] } else { [1.0, 0.0] })
            .collect();
        let logits = Tensor::from_data(TensorData::new(logits, [10, 2]), &device);
        Score::new(seed, way, exit - 1, logits, Tensor::zeros([10], &device))
    }

    #[test]
    fn a_score_counts_errors() {
        let score = score(1, Way::Byot, 2, 3);
        assert_eq!((score.exit, score.errors, score.report.samples), (2, 3, 10));
        assert!((score.error_percent() - 30.0).abs() < 1e-9);
        let expected = 1.0f64.exp() / (1.0f64.exp() + 1.0) - 0.7;
        assert!((score.report.ece - expected).abs() < 1e-6, "{}", score.report.ece);
    }

    #[test]
    fn advantages_are_within_a_seed_and_an_exit() {
        let scores = [
            score(1, Way::DeepSupervision, 1, 5),
            score(1, Way::Byot, 1, 3),
            score(1, Way::Byot, 2, 0),
            score(2, Way::DeepSupervision, 1, 2),
            score(3, Way::Byot, 1, 0),
        ];
        let advantage = advantage(&scores, 1, Way::Byot, Way::DeepSupervision);
        assert!(
            advantage.len() == 1 && (advantage[0] - 20.0).abs() < 1e-9,
            "{advantage:?}"
        );
    }
}
