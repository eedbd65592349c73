use burn::tensor::Tensor;
use kd_core::rows;

use super::{
    Rule,
    weighted::{Mean, mean},
};
use crate::Members;

/// The geometric mean of the members' probabilities, normalised: a product of experts (Hinton, 1999).
///
/// ```text
/// log p = log_softmax(1/M · Σ_m log_softmax(logits_m))
/// ```
///
/// One member that rules a class out rules it out for all, so a class counts if every member allows it. It is the one
/// distribution whose KL *to* all members is least on average, as [`MeanOfProbs`](super::MeanOfProbs) has the least KL *from*
/// them.
///
/// # Shapes
///
/// - members, output: `[batch, classes]`; each row's exponentials sum to 1
///
/// # Convention
///
/// Normalised. A row in which the members allow no class together is NaN. One member's logits are held beside the sum.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::{GeometricMean, Members, Rule};
///
/// # let device = burn::tensor::Device::flex();
/// let said = [[0.5, 0.5], [0.9, 0.1]].map(|probs| Tensor::<2>::from_floats([probs], &device).log());
/// let probs = GeometricMean.combine(&Members::recorded(said.into()), ()).exp();
/// let expected = Tensor::<2>::from_floats([[0.75, 0.25]], &device); // √0.45 against √0.05
/// probs.into_data().assert_approx_eq::<f32>(&expected.into_data(), Default::default());
/// ```
///
/// # Reference
///
/// Geoffrey Hinton: *Products of Experts*, 1999.
///
/// # See also
///
/// [`MeanOfLogits`](super::MeanOfLogits), the same distribution, not normalised.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GeometricMean;

impl Mean for GeometricMean {
    fn add(&self, sum: Option<Tensor<2>>, logits: Tensor<2>, share: f64) -> Tensor<2> {
        let part = rows::log_soften(logits, 1.0) * share;
        match sum {
            Some(sum) => sum + part,
            None => part,
        }
    }

    fn finish(&self, sum: Tensor<2>) -> Tensor<2> {
        rows::log_soften(sum, 1.0)
    }
}

impl Rule for GeometricMean {
    type Labels = ();

    #[track_caller]
    fn combine(&self, members: &Members<'_>, _labels: ()) -> Tensor<2> {
        mean(self, members, |_| 1.0 / members.len() as f64)
    }
}
