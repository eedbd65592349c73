use burn::tensor::Tensor;
use kd_core::{Error, check};

use super::{MeanOfProbs, Rule, Weights};
use crate::Members;

/// A mean that takes members one after the other: [`MeanOfProbs`], [`GeometricMean`](super::GeometricMean),
/// [`MeanOfLogits`](super::MeanOfLogits).
pub trait Mean {
    /// The sum so far, with a member's logits added at this share, which is above 0.
    fn add(&self, sum: Option<Tensor<2>>, logits: Tensor<2>, share: f64) -> Tensor<2>;

    /// What the ensemble says, of the sum over all of them.
    fn finish(&self, sum: Tensor<2>) -> Tensor<2>;
}

/// The mean over `members`, whose shares sum to 1. One with a share of 0 is not even asked.
pub(super) fn mean(mean: &impl Mean, members: &Members<'_>, share: impl Fn(usize) -> f64) -> Tensor<2> {
    let counted = (0..members.len()).filter(|&index| share(index) > 0.0);
    let sum = counted.fold(None, |sum, index| {
        Some(mean.add(sum, members.says(index), share(index)))
    });
    mean.finish(sum.expect("shares sum to 1"))
}

/// A mean with a weight for each member, the same for every sample.
///
/// ```text
/// Σ w_m · p_m    or another mean: Π p_m^w_m, normalised    or Σ w_m · logits_m
/// ```
///
/// A member of weight 0 does not run.
///
/// # Shapes
///
/// - members, output: `[batch, classes]`
///
/// # Convention
///
/// Weights are normalised to sum 1.
///
/// # Panics
///
/// If there is not one weight for each member.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{Teacher, teacher_fn};
/// use kd_ensemble::{Ensemble, Weighted, Weights};
///
/// # let device = burn::tensor::Device::flex();
/// let member = |factor: f32| teacher_fn(move |logits: Tensor<2>| logits * factor);
/// let ensemble = Ensemble::new([member(1.0), member(-1.0)]).with_rule(Weighted::new(Weights::new([2.0, 0.0])));
/// let logits = Tensor::<2>::from_floats([[0.0, 0.0], [8.0, 0.0]], &device);
/// let probs: Vec<f32> = ensemble.teach(logits).exp().into_data().try_to_vec().unwrap();
/// assert!(probs[0] == 0.5 && probs[2] > 0.999); // the first member alone
/// ```
///
/// # See also
///
/// [`FittedWeights`](super::FittedWeights), which finds them; [`WeightedByEntropy`](super::WeightedByEntropy) and
/// [`WeightedByConfidence`](super::WeightedByConfidence), whose weights differ by sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighted<M = MeanOfProbs> {
    mean: M,
    weights: Weights,
}

impl Weighted {
    /// The mean of probabilities.
    pub fn new(weights: Weights) -> Self {
        Self::of(MeanOfProbs, weights)
    }
}

impl<M> Weighted<M> {
    /// Another mean.
    pub fn of(mean: M, weights: Weights) -> Self {
        Self { mean, weights }
    }

    /// The weights in use.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }
}

impl<M: Mean> Rule for Weighted<M> {
    type Labels = ();

    #[track_caller]
    fn combine(&self, members: &Members<'_>, _labels: ()) -> Tensor<2> {
        kd_core::check::must(self.fits(members.len()));
        mean(&self.mean, members, |index| self.weights.shares()[index])
    }

    fn asks(&self, member: usize, _members: usize) -> bool {
        self.weights.shares().get(member).is_some_and(|share| *share > 0.0)
    }

    fn fits(&self, members: usize) -> Result<(), Error> {
        check::one_each("Weighted", "the number of weights", self.weights.len(), members)
    }
}
