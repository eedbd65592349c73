use std::fmt;

use burn::tensor::{Int, Tensor};
use kd_core::{Error, number};
use serde::{Deserialize, Serialize};

use crate::{Accuracy, Brier, Calibration, Likelihood, Predictions};

/// What one wants to know of a classifier, from one reading of its logits: accuracy, likelihood, Brier score, calibration.
///
/// # Range
///
/// [`report`](Self::report) is `None` of no samples. If a prediction is NaN, so is every number.
///
/// # Panics
///
/// [`update`](Self::update) does as [`Predictions::from_logits`].
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_metrics::Scores;
///
/// # let device = burn::tensor::Device::flex();
/// # let batches = [
/// #     (Tensor::<2>::from_floats([[9.0, 0.0], [0.0, 9.0]], &device), Tensor::from_ints([0, 1], &device)),
/// #     (Tensor::<2>::from_floats([[0.0, 0.0]], &device), Tensor::from_ints([1], &device)),
/// # ];
/// let mut scores = Scores::new();
/// for (logits, labels) in batches {
///     scores.update(logits, labels);
/// }
/// let report = scores.report().unwrap();
/// assert_eq!(report.samples, 3);
/// assert_eq!(
///     report.to_string(),
///     "accuracy 66.67 %, NLL 0.2311, Brier 0.1667, ECE 16.67 %, MCE 50.00 %",
/// );
/// ```
///
/// # See also
///
/// [`Agreement`](crate::Agreement), which wants a teacher.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    accuracy: Accuracy,
    likelihood: Likelihood,
    brier: Brier,
    calibration: Calibration,
}

/// What [`Scores`] found.
///
/// Shown, it is a line of words; saved by serde as JSON, what is NaN or infinite is a word.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// How many samples it is of.
    pub samples: u64,
    /// How often the model was right, from 0 to 1.
    #[serde(with = "number")]
    pub accuracy: f64,
    /// The negative log-likelihood of the labels, in nats.
    #[serde(with = "number")]
    pub nll: f64,
    /// The Brier score, from 0 to 2.
    #[serde(with = "number")]
    pub brier: f64,
    /// The expected calibration error, from 0 to 1.
    #[serde(with = "number")]
    pub ece: f64,
    /// The maximum calibration error, from 0 to 1.
    #[serde(with = "number")]
    pub mce: f64,
}

impl Scores {
    /// Of nothing yet, with the 15 bins of [`Calibration`].
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with another number of bins, of nothing yet.
    ///
    /// # Panics
    ///
    /// If there are to be none.
    #[track_caller]
    pub fn with_bins(bins: usize) -> Self {
        kd_core::check::must(Self::try_with_bins(bins))
    }

    /// The same, where the number comes from a flag or a file.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are to be none.
    pub fn try_with_bins(bins: usize) -> Result<Self, Error> {
        Ok(Self {
            calibration: Calibration::try_new(bins)?,
            ..Self::default()
        })
    }

    /// Counts a batch: logits `[batch, classes]`, labels `[batch]`. Waits for the device.
    #[track_caller]
    pub fn update(&mut self, logits: Tensor<2>, labels: Tensor<1, Int>) {
        self.add(&Predictions::from_logits(logits, labels));
    }

    /// Counts predictions that were read already.
    pub fn add(&mut self, predictions: &Predictions) {
        self.accuracy.add(predictions);
        self.likelihood.add(predictions);
        self.brier.add(predictions);
        self.calibration.add(predictions);
    }

    /// Counts what another has counted, of other samples.
    ///
    /// # Panics
    ///
    /// If it has another number of bins.
    #[track_caller]
    pub fn merge(&mut self, other: &Self) {
        self.calibration.merge(&other.calibration);
        self.accuracy.merge(&other.accuracy);
        self.likelihood.merge(&other.likelihood);
        self.brier.merge(&other.brier);
    }

    /// All of it so far; `None` of no samples.
    pub fn report(&self) -> Option<Report> {
        Some(Report {
            samples: self.calibration.samples(),
            accuracy: self.accuracy.value()?,
            nll: self.likelihood.nll()?,
            brier: self.brier.score()?,
            ece: self.calibration.expected_error()?,
            mce: self.calibration.maximum_error()?,
        })
    }

    /// The calibration by bins.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "accuracy {:.2} %, NLL {:.4}, Brier {:.4}, ECE {:.2} %, MCE {:.2} %",
            100.0 * self.accuracy,
            self.nll,
            self.brier,
            100.0 * self.ece,
            100.0 * self.mce
        )
    }
}
