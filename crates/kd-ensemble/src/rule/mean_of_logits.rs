use burn::tensor::Tensor;
use kd_core::rows;

use super::{
    Rule,
    weighted::{Mean, mean},
};
use crate::Members;

/// The mean of the members' logits, as it is: for losses that compare logits themselves.
///
/// ```text
/// logits = 1/M · Σ_m logits_m
/// ```
///
/// Softened at 1 it is [`GeometricMean`](super::GeometricMean), since logits and log-probabilities differ by a number for each
/// row. Softened at any T it is the geometric mean of the members at that T, which the mean of probabilities is not.
///
/// # Shapes
///
/// - members, output: `[batch, classes]`
///
/// # Convention
///
/// TextBrewer's and NeMo's (`averaged_logits`). A member whose logits are all larger has no more weight; one whose logits
/// differ more has. One member's logits are held beside the sum.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::{MeanOfLogits, Members, Rule};
///
/// # let device = burn::tensor::Device::flex();
/// let said = [[1.0, 3.0], [5.0, 3.0]].map(|logits| Tensor::<2>::from_floats([logits], &device));
/// let logits = MeanOfLogits.combine(&Members::recorded(said.into()), ());
/// assert_eq!(logits.into_data().try_to_vec::<f32>().unwrap(), [3.0, 3.0]);
/// ```
///
/// # See also
///
/// [`MeanOfProbs`](super::MeanOfProbs), another objective.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanOfLogits;

impl Mean for MeanOfLogits {
    fn add(&self, sum: Option<Tensor<2>>, logits: Tensor<2>, share: f64) -> Tensor<2> {
        let part = rows::widen(logits) * share;
        match sum {
            Some(sum) => sum + part,
            None => part,
        }
    }

    fn finish(&self, sum: Tensor<2>) -> Tensor<2> {
        sum
    }
}

impl Rule for MeanOfLogits {
    type Labels = ();

    #[track_caller]
    fn combine(&self, members: &Members<'_>, _labels: ()) -> Tensor<2> {
        mean(self, members, |_| 1.0 / members.len() as f64)
    }
}
