use burn::tensor::{Int, Tensor};
use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

use crate::{
    Predictions,
    mean::Mean,
    ranking::{rank, share},
};

/// The share of samples whose label is the likeliest class, or among the k likeliest.
///
/// ```text
/// accuracy = 1/n · #{ i : fewer than k classes of sample i are before its label }
/// ```
///
/// # Range
///
/// From 0 to 1; `None` of no samples, and NaN if a prediction is NaN.
///
/// # Convention
///
/// Of equally likely classes the first is before the others, so a model that says the same of all classes says class 0.
///
/// # Panics
///
/// [`update`](Self::update) does as [`Predictions::from_logits`], and if k is above the number of classes.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_metrics::Accuracy;
///
/// # let device = burn::tensor::Device::flex();
/// let logits = Tensor::from_floats([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]], &device);
/// let labels = Tensor::from_ints([0, 1], &device);
/// let (mut top_1, mut top_2) = (Accuracy::new(), Accuracy::top(2));
/// top_1.update(logits.clone(), labels.clone());
/// top_2.update(logits, labels);
/// assert_eq!((top_1.value(), top_2.value()), (Some(0.5), Some(1.0)));
/// ```
///
/// # See also
///
/// [`Scores`](crate::Scores), which has it and more; [`Agreement`](crate::Agreement), with a teacher instead of labels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    k: usize,
    right: Mean,
}

impl Default for Accuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl Accuracy {
    /// Of the likeliest class.
    pub fn new() -> Self {
        Self {
            k: 1,
            right: Mean::default(),
        }
    }

    /// Of the k likeliest classes.
    ///
    /// # Panics
    ///
    /// If k is 0.
    #[track_caller]
    pub fn top(k: usize) -> Self {
        kd_core::check::must(Self::try_top(k))
    }

    /// The same, where k comes from a flag or a file.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if k is 0.
    pub fn try_top(k: usize) -> Result<Self, Error> {
        check::count("Accuracy", "k", k)?;
        Ok(Self { k, ..Self::new() })
    }

    /// Counts a batch: logits `[batch, classes]`, labels `[batch]`. Waits for the device.
    #[track_caller]
    pub fn update(&mut self, logits: Tensor<2>, labels: Tensor<1, Int>) {
        self.add(&Predictions::from_logits(logits, labels));
    }

    /// Counts predictions that were read already.
    #[track_caller]
    pub fn add(&mut self, predictions: &Predictions) {
        if predictions.is_empty() {
            return;
        }
        check::top_k("Accuracy", self.k, predictions.classes());
        let rows = predictions.iter();
        self.right
            .extend(rows.map(|(row, label)| share(rank(row, label).map(|rank| rank < self.k))));
    }

    /// Counts what another has counted, of other samples.
    ///
    /// # Panics
    ///
    /// If it has another k.
    #[track_caller]
    pub fn merge(&mut self, other: &Self) {
        assert!(
            self.k == other.k,
            "Accuracy: the k likeliest were counted with k = {} and {}; merge what has the same k",
            self.k,
            other.k
        );
        self.right.merge(&other.right);
    }

    /// The accuracy so far.
    pub fn value(&self) -> Option<f64> {
        self.right.value()
    }
}
