use burn::tensor::Tensor;
use kd_core::rows;

use super::{
    Rule,
    weighted::{Mean, mean},
};
use crate::Members;

/// The mean of the members' probabilities: what an ensemble usually is.
///
/// ```text
/// log p = log (1/M · Σ_m softmax(logits_m))
/// ```
///
/// Each class is as likely as the members find it on average, so it is enough for a class that some of them believe in it.
/// It is summed in log space: what is smaller than a number can be keeps its logarithm.
///
/// # Shapes
///
/// - members, output: `[batch, classes]`; each row's exponentials sum to 1
///
/// # Convention
///
/// A class that no member allows (−∞) has −∞, one that some allow has not. One member's logits are held beside the sum.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::{MeanOfProbs, Members, Rule};
///
/// # let device = burn::tensor::Device::flex();
/// let sure = Tensor::<2>::from_floats([[1000.0, 0.0]], &device);
/// let doubt = Tensor::<2>::from_floats([[0.0, 0.0]], &device);
/// let probs = MeanOfProbs.combine(&Members::recorded(vec![sure, doubt]), ()).exp();
/// let expected = Tensor::<2>::from_floats([[0.75, 0.25]], &device);
/// probs.into_data().assert_approx_eq::<f32>(&expected.into_data(), Default::default());
/// ```
///
/// # See also
///
/// [`rows::log_mean_probs`], the same of members that are all at hand, with a gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanOfProbs;

impl Mean for MeanOfProbs {
    fn add(&self, sum: Option<Tensor<2>>, logits: Tensor<2>, share: f64) -> Tensor<2> {
        let log_probs = rows::log_soften(logits, 1.0) + share.ln();
        match sum {
            Some(sum) => log_add(sum, log_probs),
            None => log_probs,
        }
    }

    fn finish(&self, sum: Tensor<2>) -> Tensor<2> {
        sum
    }
}

impl Rule for MeanOfProbs {
    type Labels = ();

    #[track_caller]
    fn combine(&self, members: &Members<'_>, _labels: ()) -> Tensor<2> {
        mean(self, members, |_| 1.0 / members.len() as f64)
    }
}

/// `log(eᵃ + eᵇ)`, for constants.
pub(super) fn log_add(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    // −∞ − (−∞) is not a number. NaN is: it is in the difference, whatever the larger one of the two is said to be.
    let nowhere = a
        .clone()
        .equal_elem(f64::NEG_INFINITY)
        .bool_and(b.clone().equal_elem(f64::NEG_INFINITY));
    let distance = (a.clone() - b.clone()).abs().mask_fill(nowhere, 0.0);
    a.max_pair(b) + distance.neg().exp().log1p()
}
