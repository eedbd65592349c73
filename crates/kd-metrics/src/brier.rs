use burn::tensor::{Int, Tensor};
use serde::{Deserialize, Serialize};

use crate::{Predictions, mean::Mean};

/// Brier score (Brier, 1950): the squared distance of the probabilities from the label's one-hot vector.
///
/// ```text
/// Brier = 1/n · Σ Σ_c (p_c − [c = y])²
/// ```
///
/// # Range
///
/// From 0, where every label is certain, to 2, where every sample is certainly something else; 1 − 1/C where all C classes
/// are equally likely. `None` of no samples, and NaN if a prediction is NaN.
///
/// # Convention
///
/// The sum over classes, as Brier wrote it. Two others are in use: the mean over classes, this by C; and for two
/// classes the square of the positive one's probability error alone, which is half of this (from 0 to 1; scikit-learn's
/// `brier_score_loss` for binary labels).
///
/// # Panics
///
/// [`update`](Self::update) does as [`Predictions::from_logits`].
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_metrics::Brier;
///
/// # let device = burn::tensor::Device::flex();
/// let mut brier = Brier::new();
/// brier.update(Tensor::zeros([2, 4], &device), Tensor::from_ints([3, 1], &device));
/// assert!((brier.score().unwrap() - 0.75).abs() < 1e-12);
/// ```
///
/// # Reference
///
/// Glenn W. Brier: *Verification of Forecasts Expressed in Terms of Probability*, 1950, Monthly Weather Review 78(1).
///
/// # See also
///
/// [`Likelihood`](crate::Likelihood), which looks at the label's probability alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Brier {
    distance: Mean,
}

impl Brier {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a batch: logits `[batch, classes]`, labels `[batch]`. Waits for the device.
    #[track_caller]
    pub fn update(&mut self, logits: Tensor<2>, labels: Tensor<1, Int>) {
        self.add(&Predictions::from_logits(logits, labels));
    }

    /// Counts predictions that were read already.
    pub fn add(&mut self, predictions: &Predictions) {
        self.distance.extend(predictions.iter().map(|(log_probs, label)| {
            let classes = log_probs.iter().enumerate();
            classes
                .map(|(class, log_prob)| {
                    let truth = if class == label { 1.0 } else { 0.0 };
                    (log_prob.exp() - truth).powi(2)
                })
                .sum()
        }));
    }

    /// Counts what another has counted, of other samples.
    pub fn merge(&mut self, other: &Self) {
        self.distance.merge(&other.distance);
    }

    /// The score so far.
    pub fn score(&self) -> Option<f64> {
        self.distance.value()
    }
}
