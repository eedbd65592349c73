use burn::tensor::{Int, Tensor};
use kd_core::{check, rows};

use super::{
    Rule,
    mixture::{fitting, mixture, of_each, share_of_others},
};
use crate::Members;

/// The mean of probabilities, for each sample with more weight on the members that are right: CA-MKD (Zhang and others, 2022).
///
/// ```text
/// CE_m = −log p_m[y]    y: the label
/// w_m = (1 − exp(CE_m) / Σ_k exp(CE_k)) / (M − 1)
/// log p = log Σ_m w_m · p_m
/// ```
///
/// # Shapes
///
/// - members, output: `[batch, classes]`; each row's exponentials sum to 1
/// - labels: `[batch]`, each in `0..classes`; an ensemble gets them by [`WithLabels`](crate::WithLabels)
///
/// # Convention
///
/// Weights are the paper's; they sum to 1, and of one member the weight is 1. Labels are asked at a temperature of 1. The
/// paper's loss on logits is the weighted mean of the members' losses, which is
/// [`PerTeacher`](crate::PerTeacher) with these [weights](Self::weights); at T = 1 its gradient is that of KL to this mixture.
/// The authors' code divides by M once more. A member that rules the label out has the weight 0, unless several do, which
/// then share what the paper's fraction leaves. All members' logits are held at once.
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
/// use kd_core::{Teacher, teacher_fn};
/// use kd_ensemble::{Ensemble, WeightedByConfidence, WithLabels};
///
/// # let device = burn::tensor::Device::flex();
/// let member = |factor: f32| teacher_fn(move |logits: Tensor<2>| logits * factor);
/// let ensemble = Ensemble::new([member(9.0), member(-9.0)]).with_rule(WeightedByConfidence::new());
///
/// let question = WithLabels::new(Tensor::<2>::from_floats([[1.0, 0.0]], &device), Tensor::from_ints([0], &device));
/// let probs: Vec<f32> = ensemble.teach(question).exp().into_data().try_to_vec().unwrap();
/// assert!(probs[0] > 0.999); // the second, sure of the other class, has no say
/// ```
///
/// # Reference
///
/// Hailin Zhang, Defang Chen, Can Wang: *Confidence-Aware Multi-Teacher Knowledge Distillation*, 2022, arXiv:2201.00007.
///
/// # See also
///
/// [`BestMember`](super::BestMember), which takes the most right one alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedByConfidence {
    check_labels: bool,
}

impl Default for WeightedByConfidence {
    fn default() -> Self {
        Self { check_labels: true }
    }
}

impl WeightedByConfidence {
    /// The rule; it checks labels.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it.
    pub fn with_check_labels(self, check_labels: bool) -> Self {
        Self { check_labels }
    }

    /// The weights alone, `[batch, members]`, of what each member says, `[batch, classes]`, and the labels, `[batch]`.
    ///
    /// # Panics
    ///
    /// If there is no member, two shapes differ, or the labels do not fit.
    #[track_caller]
    pub fn weights(&self, members: &[Tensor<2>], labels: Tensor<1, Int>) -> Tensor<2> {
        const OWNER: &str = "WeightedByConfidence";
        check::same_members(OWNER, members);
        let labels = fitting(OWNER, labels, &members[0], self.check_labels);
        let ce = of_each(members, |logits| rows::cross_entropy(logits, labels.clone()));
        // ∞ − ∞ is not a number: members that are infinitely wrong are as wrong as one another.
        let worst = ce.clone().max_dim(1).expand(ce.dims());
        let most = ce.clone().equal(worst.clone());
        share_of_others((ce - worst).mask_fill(most, 0.0).exp())
    }
}

impl Rule for WeightedByConfidence {
    type Labels = Tensor<1, Int>;

    #[track_caller]
    fn combine(&self, members: &Members<'_>, labels: Tensor<1, Int>) -> Tensor<2> {
        let members = members.all();
        let weights = self.weights(&members, labels);
        mixture(members, weights)
    }
}
