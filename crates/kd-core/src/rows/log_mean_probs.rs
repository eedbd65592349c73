use burn::tensor::Tensor;

use super::log_soften;
use crate::check;

/// The logarithm of the mean of several members' probabilities: what an ensemble says.
///
/// ```text
/// log p = log (1/n · Σₖ softmax(logitsₖ))
/// ```
///
/// It is made of log-probabilities, so what is smaller than a number can be keeps its logarithm. A class that exists for one
/// member exists for the ensemble; one that exists for none has −∞, and no gradient. They are logits like any other: softened
/// afterwards, they are the mean's and not the mean of the softened.
///
/// # Shapes
///
/// - members: each logits, `[rows, classes]`
/// - output: `[rows, classes]`, each row's exponentials sum to 1
///
/// # Panics
///
/// If there is no member, or two shapes differ.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::rows::log_mean_probs;
///
/// # let device = burn::tensor::Device::flex();
/// let logits = |probs: [[f32; 2]; 1]| Tensor::<2>::from_floats(probs, &device).log();
/// let both = log_mean_probs(vec![logits([[0.5, 0.5]]), logits([[0.9, 0.1]])]).exp();
/// let expected = Tensor::<2>::from_floats([[0.7, 0.3]], &device);
/// both.into_data().assert_approx_eq::<f32>(&expected.into_data(), Default::default());
/// ```
#[track_caller]
pub fn log_mean_probs(members: Vec<Tensor<2>>) -> Tensor<2> {
    check::same_members("log_mean_probs", &members);
    let n = members.len() as f64;
    let log_probs = members.into_iter().map(|logits| log_soften(logits, 1.0)).collect();
    let log_probs = Tensor::stack::<3>(log_probs, 0);
    let largest = log_probs.clone().without_autodiff().max_dim(0);
    // −∞ − (−∞) is not a number, and the logarithm of 0 has no gradient that is one.
    let nowhere = largest.clone().equal_elem(f64::NEG_INFINITY);
    let largest = largest.mask_fill(nowhere, 0.0);
    let sum = (log_probs - largest.clone()).exp().sum_dim(0);
    let absent = sum.clone().equal_elem(0.0);
    let log_mean = sum.mask_fill(absent.clone(), 1.0).log() + largest - n.ln();
    log_mean.mask_fill(absent, f64::NEG_INFINITY).squeeze_dim(0)
}
