use burn::tensor::Tensor;
use kd_core::{check, rows};

use super::{
    Rule,
    mixture::{mixture, of_each, share_of_others},
};
use crate::{Members, entropy::entropy};

/// The mean of probabilities, for each sample with more weight on the members that are sure: EBKD (Kwon and others, 2020).
///
/// ```text
/// H_m = −Σ p_m · log p_m
/// w_m = (1 − H_m / Σ_k H_k) / (M − 1)
/// log p = log Σ_m w_m · p_m
/// ```
///
/// No labels are needed: a member counts as right if it is sure, which a badly calibrated one is too often.
///
/// # Shapes
///
/// - members, output: `[batch, classes]`; each row's exponentials sum to 1
///
/// # Convention
///
/// Weights sum to 1. CA-MKD's copy of EBKD leaves 1 − H_m / ΣH as it is, whose sum is M − 1, and divides the loss by M.
/// Where no member doubts, all count the same; of one member the weight is 1. Entropies are taken at a temperature of 1. All
/// members' logits are held at once.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::WeightedByEntropy;
///
/// # let device = burn::tensor::Device::flex();
/// let sure = Tensor::<2>::from_floats([[200.0, 0.0]], &device);
/// let doubt = Tensor::<2>::from_floats([[0.0, 0.0]], &device);
/// let weights = WeightedByEntropy::weights(&[sure, doubt]);
/// assert_eq!(weights.into_data().try_to_vec::<f32>().unwrap(), [1.0, 0.0]);
/// ```
///
/// # Reference
///
/// Kisoo Kwon, Hwidong Na, Hoshik Lee, Nam Soo Kim: *Adaptive Knowledge Distillation Based on Entropy*, ICASSP 2020. The formula
/// is that of CA-MKD's authors' code.
///
/// # See also
///
/// [`WeightedByConfidence`](super::WeightedByConfidence), which asks the labels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WeightedByEntropy;

impl WeightedByEntropy {
    /// The weights alone, `[batch, members]`, of what each member says, `[batch, classes]`.
    ///
    /// # Panics
    ///
    /// If there is no member, two shapes differ, or the batch is empty.
    #[track_caller]
    pub fn weights(members: &[Tensor<2>]) -> Tensor<2> {
        check::same_members("WeightedByEntropy", members);
        check::not_empty("WeightedByEntropy", members[0].dims()[0]);
        share_of_others(of_each(members, |logits| entropy(rows::log_soften(logits, 1.0))))
    }
}

impl Rule for WeightedByEntropy {
    type Labels = ();

    #[track_caller]
    fn combine(&self, members: &Members<'_>, _labels: ()) -> Tensor<2> {
        let members = members.all();
        let weights = Self::weights(&members);
        mixture(members, weights)
    }
}
