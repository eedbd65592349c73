use burn::tensor::{Int, Tensor};
use serde::{Deserialize, Serialize};

use crate::{Predictions, mean::Mean};

/// Negative log-likelihood of the labels, in nats: how surprised the model is.
///
/// ```text
/// NLL        = −1/n · Σ log p(y)
/// perplexity = exp NLL
/// ```
///
/// # Range
///
/// From 0, where every label is certain, to infinity, where one was ruled out; log C where all C classes are equally
/// likely. `None` of no samples, and NaN if a prediction is NaN.
///
/// # Convention
///
/// Natural logarithm, mean over samples: what Burn and PyTorch call cross-entropy with the label. There is no epsilon: a
/// label of probability 0 costs infinity, where scikit-learn's `log_loss` clips probabilities and stops at 36.
///
/// # Panics
///
/// [`update`](Self::update) does as [`Predictions::from_logits`].
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_metrics::Likelihood;
///
/// # let device = burn::tensor::Device::flex();
/// let mut likelihood = Likelihood::new();
/// likelihood.update(Tensor::zeros([2, 10], &device), Tensor::from_ints([3, 7], &device));
/// assert!((likelihood.nll().unwrap() - 10f64.ln()).abs() < 1e-12);
/// assert!((likelihood.perplexity().unwrap() - 10.0).abs() < 1e-12);
/// ```
///
/// # See also
///
/// [`Brier`](crate::Brier), which one certain mistake cannot ruin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Likelihood {
    surprise: Mean,
}

impl Likelihood {
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
        // 0 − x and not −x, whose 0 would have a sign.
        self.surprise
            .extend(predictions.iter().map(|(log_probs, label)| 0.0 - log_probs[label]));
    }

    /// Counts what another has counted, of other samples.
    pub fn merge(&mut self, other: &Self) {
        self.surprise.merge(&other.surprise);
    }

    /// The mean so far, in nats.
    pub fn nll(&self) -> Option<f64> {
        self.surprise.value()
    }

    /// Among how many equally likely classes the labels might as well have been.
    pub fn perplexity(&self) -> Option<f64> {
        self.nll().map(f64::exp)
    }
}
