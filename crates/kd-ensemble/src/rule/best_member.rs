use burn::tensor::{Bool, Int, Tensor};
use kd_core::rows;

use super::{Rule, mixture::fitting};
use crate::Members;

/// For each sample the member that is most right, alone: the one that finds the label likeliest.
///
/// ```text
/// log p = log p_b    b = the m with the least −log p_m[y]    y: the label
/// ```
///
/// It is for training, where the labels are known: a student learns from a better teacher than there is.
///
/// # Shapes
///
/// - members, output: `[batch, classes]`; each row's exponentials sum to 1
/// - labels: `[batch]`, each in `0..classes`; an ensemble gets them by [`WithLabels`](crate::WithLabels)
///
/// # Convention
///
/// Of members that are equally right it is the first. A sample for which a member says NaN is NaN, whichever is the best. Two
/// members' logits are held at once.
///
/// # Panics
///
/// If there is not one label for each row, or a label is not a class (that is not looked at after
/// [`with_check_labels(false)`](Self::with_check_labels), and out of range anything may come).
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::{BestMember, Members, Rule};
///
/// # let device = burn::tensor::Device::flex();
/// let first = Tensor::<2>::from_floats([[0.9, 0.1], [0.9, 0.1]], &device).log();
/// let second = Tensor::<2>::from_floats([[0.4, 0.6], [0.4, 0.6]], &device).log();
/// let labels = Tensor::from_ints([0, 1], &device);
/// let probs = BestMember::new().combine(&Members::recorded(vec![first, second]), labels).exp();
/// let expected = Tensor::<2>::from_floats([[0.9, 0.1], [0.4, 0.6]], &device);
/// probs.into_data().assert_approx_eq::<f32>(&expected.into_data(), Default::default());
/// ```
///
/// # See also
///
/// [`WeightedByConfidence`](super::WeightedByConfidence), which leaves the others a say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BestMember {
    check_labels: bool,
}

impl Default for BestMember {
    fn default() -> Self {
        Self { check_labels: true }
    }
}

impl BestMember {
    /// The rule; it checks labels.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it.
    pub fn with_check_labels(self, check_labels: bool) -> Self {
        Self { check_labels }
    }
}

/// The best of the members so far.
struct Best {
    log_probs: Tensor<2>,
    /// How likely each finds the label, `[batch, 1]`.
    of_label: Tensor<2>,
    /// Where a member said NaN, `[batch, 1]`.
    nan: Tensor<2, Bool>,
}

impl Best {
    fn or(self, other: Self) -> Self {
        let better = other.of_label.clone().greater(self.of_label.clone());
        let rows = better.clone().expand(self.log_probs.dims());
        Self {
            log_probs: self.log_probs.mask_where(rows, other.log_probs),
            of_label: self.of_label.mask_where(better, other.of_label),
            nan: self.nan.bool_or(other.nan),
        }
    }
}

impl Rule for BestMember {
    type Labels = Tensor<1, Int>;

    #[track_caller]
    fn combine(&self, members: &Members<'_>, labels: Tensor<1, Int>) -> Tensor<2> {
        let first = members.says(0);
        let shape = first.dims();
        let labels = fitting("BestMember", labels, &first, self.check_labels).unsqueeze_dim::<2>(1);
        let judged = |logits| {
            let log_probs = rows::log_soften(logits, 1.0);
            let of_label = log_probs.clone().gather(1, labels.clone());
            let nan = of_label.clone().is_nan();
            Best {
                log_probs,
                of_label,
                nan,
            }
        };
        let others = (1..members.len()).map(|index| judged(members.says(index)));
        let best = others.fold(judged(first), Best::or);
        best.log_probs.mask_fill(best.nan.expand(shape), f64::NAN)
    }
}
