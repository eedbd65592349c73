//! How each network did: one score per network and seed.

use burn::prelude::*;
use kd::metrics::{Agreement, Report, Scores};
use serde::{Serialize, Serializer};

use crate::way::Way;

/// A network, or several together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A member, counted from 1.
    Member(usize),
    /// All members together, by a combination.
    Ensemble(Way),
    /// A network that learned from the labels of all images.
    Alone,
    /// The same, taught by the first member.
    OfMember,
    /// The same, taught by what the members said once.
    Of(Way),
    /// The same as of the mean of probabilities, with members that were asked in every step.
    Live,
}

impl Who {
    /// In words.
    pub fn name(self) -> String {
        match self {
            Self::Member(number) => format!("member {number}"),
            Self::Ensemble(way) => format!("ensemble, {}", way.name()),
            Self::Alone => "a network alone".into(),
            Self::OfMember => "student of one member".into(),
            Self::Of(way) => format!("student, {}", way.name()),
            Self::Live => "student, members asked in every step".into(),
        }
    }
}

impl Serialize for Who {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

/// How one network did with one seed, after its last epoch.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// The seed of the whole run.
    pub seed: u64,
    /// The network.
    pub who: Who,
    /// Wrong answers.
    pub errors: usize,
    /// Accuracy, likelihood, Brier score, calibration errors.
    #[serde(flatten)]
    pub report: Report,
    /// Share of the images of which it says what the ensemble says; `None` before there is one.
    pub agreement: Option<f64>,
    /// How long its training took, seconds of wall-clock time.
    pub seconds: f64,
}

impl Score {
    /// Marks logits against labels, and compares them with the ensemble's.
    ///
    /// # Panics
    ///
    /// Panics when there are no images.
    pub fn new(seed: u64, who: Who, logits: Tensor<2>, labels: Tensor<1, Int>, ensemble: Option<&Tensor<2>>) -> Self {
        let mut scores = Scores::new();
        scores.update(logits.clone(), labels);
        let report = scores.report().expect("there are images to be tested on");
        let agreement = ensemble.and_then(|ensemble| {
            let mut agreement = Agreement::new();
            agreement.update(logits, ensemble.clone());
            agreement.top_1()
        });
        Self {
            seed,
            who,
            errors: ((1.0 - report.accuracy) * report.samples as f64).round() as usize,
            report,
            agreement,
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

/// How much of what the ensemble gains over a network alone a student keeps, percent, for each seed in which all three are
/// finished and the ensemble is better than the network alone.
pub fn gain_kept(scores: &[Score], student: Who) -> Vec<f64> {
    let errors = |seed, who| {
        let score = scores.iter().find(|score| score.seed == seed && score.who == who)?;
        Some(score.errors as f64)
    };
    let kept = |seed| {
        let (alone, student) = (errors(seed, Who::Alone)?, errors(seed, student)?);
        let ensemble = errors(seed, Who::Ensemble(Way::MeanOfProbs))?;
        (alone > ensemble).then(|| 100.0 * (alone - student) / (alone - ensemble))
    };
    let seeds = scores
        .iter()
        .filter(|score| score.who == student)
        .map(|score| score.seed);
    seeds.filter_map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right about all but `errors` of ten images.
    fn score(seed: u64, who: Who, errors: usize) -> Score {
        let device = Device::flex();
        let says = |row: usize| if row < errors { [0.0, 1.0] } else { [1.0, 0.0] };
        let logits: [[f32; 2]; 10] = std::array::from_fn(says);
        let logits = Tensor::from_floats(logits, &device);
        let ensemble = Tensor::from_floats([[1.0, 0.0]; 10], &device);
        Score::new(seed, who, logits, Tensor::zeros([10], &device), Some(&ensemble))
    }

    #[test]
    fn errors_and_agreement_are_counted() {
        let score = score(1, Who::Alone, 3);
        assert_eq!((score.errors, score.agreement), (3, Some(0.7)));
        assert!((score.error_percent() - 30.0).abs() < 1e-9);
    }

    #[test]
    fn half_of_the_way_is_half_of_the_gain() {
        let (ensemble, student) = (Who::Ensemble(Way::MeanOfProbs), Who::Of(Way::GeometricMean));
        let finished = [score(1, Who::Alone, 6), score(1, ensemble, 2), score(1, student, 4)];
        assert_eq!(gain_kept(&finished, student), [50.0]);
        assert!(gain_kept(&finished, Who::OfMember).is_empty());
        let no_gain = [score(1, Who::Alone, 2), score(1, ensemble, 2), score(1, student, 4)];
        assert!(gain_kept(&no_gain, student).is_empty());
    }
}
