use burn::tensor::Tensor;
use kd_core::{check, rows};

use crate::{entropy::entropy, gamma::delta};

/// What a prediction leaves open, in nats, and why: because the data do, or because the model does not know.
///
/// ```text
/// total = H(mean of p)    data = mean of H(p)    knowledge = total − data
/// ```
///
/// The mean is over what the members of an ensemble say, or over the Dirichlet distribution of a student that learned from
/// them by [`DirichletLoss`](crate::DirichletLoss). Knowledge is the mutual information of class and model: 0 where all say the
/// same, however unsure they are, and large where each is sure of another class, as for inputs unlike any it was trained with.
///
/// # Shapes
///
/// - logits: `[batch, classes]`
/// - each of the three: `[batch]`
///
/// # Range
///
/// From 0 to log classes, up to rounding.
///
/// # Convention
///
/// Entropies in nats. A student's α is exp(logits): the temperature that it was trained with last should be 1. A class of −∞ does not
/// exist, and changes nothing. Constants.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::Uncertainty;
///
/// # let device = burn::tensor::Device::flex();
/// let sure_of_first = Tensor::<2>::from_floats([[99.0, 0.0]], &device);
/// let sure_of_second = Tensor::<2>::from_floats([[0.0, 99.0]], &device);
/// let disagree = Uncertainty::of_members(&[sure_of_first, sure_of_second]);
/// assert!((disagree.knowledge.into_scalar::<f32>() - 2f32.ln()).abs() < 1e-6);
///
/// let tossed = Tensor::<2>::zeros([1, 2], &device);
/// let agree = Uncertainty::of_members(&[tossed.clone(), tossed]);
/// assert!((agree.data.into_scalar::<f32>() - 2f32.ln()).abs() < 1e-6);
/// ```
///
/// # Reference
///
/// Andrey Malinin, Bruno Mlodozeniec, Mark Gales: *Ensemble Distribution Distillation*, ICLR 2020, arXiv:1905.00076.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Uncertainty {
    /// The entropy of what is predicted, `[batch]`.
    pub total: Tensor<1>,
    /// The part that the data leave open: the expected entropy, `[batch]`.
    pub data: Tensor<1>,
    /// The part that the model does not know: the mutual information, `[batch]`.
    pub knowledge: Tensor<1>,
}

impl Uncertainty {
    /// Of a student's Dirichlet distribution with α = exp(logits).
    ///
    /// # Panics
    ///
    /// If there are no classes.
    #[track_caller]
    pub fn of_dirichlet(logits: Tensor<2>) -> Self {
        check::has_classes("Uncertainty", logits.dims()[1]);
        let log_alpha = rows::widen(logits.without_autodiff());
        let log_pi = rows::log_soften(log_alpha.clone(), 1.0);
        let largest = log_alpha.clone().max_dim(1);
        let log_sum = (log_alpha.clone() - largest.clone()).exp().sum_dim(1).log() + largest;
        // Σ π · (ψ(α + 1) − ψ(Σα + 1) − log π), without the logarithms that are in both.
        let pi = log_pi.clone().exp();
        // δ of a class that does not exist is infinite, and 0 · ∞ is not a number.
        let absent = log_alpha.clone().equal_elem(f64::NEG_INFINITY);
        let each = (delta(log_alpha) - delta(log_sum)).mask_fill(absent, 0.0);
        let knowledge = (pi * each).sum_dim(1).squeeze_dim(1);
        Self::with(entropy(log_pi), knowledge)
    }

    /// Of the members of an ensemble, such as [`Ensemble::each`](crate::Ensemble::each) gives.
    ///
    /// # Panics
    ///
    /// If there is no member, or two shapes differ.
    #[track_caller]
    pub fn of_members(members: &[Tensor<2>]) -> Self {
        check::same_members("Uncertainty", members);
        let members: Vec<Tensor<2>> = members.iter().map(|logits| logits.clone().without_autodiff()).collect();
        let count = members.len() as f64;
        let mean = rows::log_mean_probs(members.clone());
        // As the mean distance from the mean it keeps its digits where members nearly agree.
        let distances = members
            .into_iter()
            .map(|logits| rows::kl(rows::log_soften(logits, 1.0), mean.clone()));
        let knowledge = distances.reduce(|sum, kl| sum + kl).expect("there is a member") * count.recip();
        Self::with(entropy(mean), knowledge)
    }

    fn with(total: Tensor<1>, knowledge: Tensor<1>) -> Self {
        Self {
            data: total.clone() - knowledge.clone(),
            total,
            knowledge,
        }
    }
}
