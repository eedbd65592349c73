//! How members become one. The rules are different objectives, and a student of one is no student of another:
//!
//! | Rule | What the ensemble says | As a loss for a student q |
//! |---|---|---|
//! | [`MeanOfProbs`] | Σ p_m / M: a class counts if *some* member believes in it | KL to it differs from the mean of the members' KLs by what they disagree, which no student can change: the same gradient at T = 1 |
//! | [`GeometricMean`] | Π p_m^(1/M), normalised: a class counts if *every* member allows it | the mean of KL(q ‖ p_m) differs from KL(q ‖ it) by a constant |
//! | [`MeanOfLogits`] | Σ logits_m / M: the same distribution, with the scale of logits | for losses that compare logits themselves |
//! | [`Weighted`] | any of these three, with weights: fixed, or [fitted](FittedWeights) on validation data | |
//! | [`WeightedByEntropy`] | Σ w_m · p_m, for each sample more of the members that are sure | |
//! | [`WeightedByConfidence`] | Σ w_m · p_m, for each sample more of the members that are right; needs labels | |
//! | [`BestMember`] | for each sample the member that is most right; needs labels | |
//! | [`RandomMember`] | one member for the whole batch, another one at the next step | in expectation the mean of the members' losses |
//!
//! Weights that differ by sample can be had without their rule, for [`PerTeacher`](crate::PerTeacher).

mod best_member;
mod fitted_weights;
mod geometric_mean;
mod mean_of_logits;
mod mean_of_probs;
mod mixture;
mod random_member;
mod weighted;
mod weighted_by_confidence;
mod weighted_by_entropy;
mod weights;

use std::{rc::Rc, sync::Arc};

use burn::tensor::Tensor;
use kd_core::Error;

use crate::Members;

pub use best_member::BestMember;
pub use fitted_weights::FittedWeights;
pub use geometric_mean::GeometricMean;
pub use mean_of_logits::MeanOfLogits;
pub use mean_of_probs::MeanOfProbs;
pub use random_member::RandomMember;
pub use weighted::{Mean, Weighted};
pub use weighted_by_confidence::WeightedByConfidence;
pub use weighted_by_entropy::WeightedByEntropy;
pub use weights::Weights;

/// How what the members of an [`Ensemble`](crate::Ensemble) say becomes what it says.
///
/// A rule of your own says whether it looks at labels, and asks the members as it needs them:
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::{Members, Rule};
///
/// /// The largest logit that any member gives.
/// struct Boldest;
///
/// impl Rule for Boldest {
///     type Labels = ();
///
///     fn combine(&self, members: &Members<'_>, _labels: ()) -> Tensor<2> {
///         let others = (1..members.len()).map(|index| members.says(index));
///         others.fold(members.says(0), |most, logits| most.max_pair(logits))
///     }
/// }
///
/// # let device = burn::tensor::Device::flex();
/// let said = [[1.0, 0.0], [0.0, 3.0]].map(|logits| Tensor::<2>::from_floats([logits], &device));
/// let boldest = Boldest.combine(&Members::recorded(said.into()), ());
/// assert_eq!(boldest.into_data().try_to_vec::<f32>().unwrap(), [1.0, 3.0]);
/// ```
pub trait Rule {
    /// What it looks at beside the members: `()`, or the true classes, `Tensor<1, Int>`.
    type Labels;

    /// What the ensemble says: logits, `[batch, classes]`.
    ///
    /// # Panics
    ///
    /// If members speak of unequal samples or classes, or the labels do not fit.
    fn combine(&self, members: &Members<'_>, labels: Self::Labels) -> Tensor<2>;

    /// Whether it asks this one of so many members; every one, unless it says otherwise.
    ///
    /// Members that run [side by side](crate::SideBySide) have to run before they are asked. One that is asked in spite of
    /// what is said here runs then, alone.
    fn asks(&self, _member: usize, _members: usize) -> bool {
        true
    }

    /// Whether it can combine so many members; any number, unless it says otherwise.
    ///
    /// # Errors
    ///
    /// What is wrong, and what to do.
    fn fits(&self, _members: usize) -> Result<(), Error> {
        Ok(())
    }
}

macro_rules! through_pointer {
    ($($pointer:ty),*) => {$(
        impl<R: Rule + ?Sized> Rule for $pointer {
            type Labels = R::Labels;

            fn combine(&self, members: &Members<'_>, labels: R::Labels) -> Tensor<2> {
                (**self).combine(members, labels)
            }

            fn asks(&self, member: usize, members: usize) -> bool {
                (**self).asks(member, members)
            }

            fn fits(&self, members: usize) -> Result<(), Error> {
                (**self).fits(members)
            }
        }
    )*};
}

through_pointer!(&R, Box<R>, Rc<R>, Arc<R>);
