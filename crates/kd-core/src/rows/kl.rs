use burn::tensor::Tensor;

use super::widen;

/// Kullback–Leibler divergence of each row, `KL(p ‖ q)`, from log-probabilities.
///
/// ```text
/// KL(p ‖ q) = Σ p · (log p − log q) + q − p
/// ```
///
/// The arguments are named for what they are and not for a direction: `p` is the distribution that is approximated (the
/// teacher in Hinton's loss) and `q` the one that approximates it.
///
/// The textbook stops at the first product; `Σ q − p` is 0 for distributions. With it each term is at least 0 and has its
/// minimum where p = q, so the rounding of the log-probabilities enters squared instead of straight. What is left is the
/// rounding of p and q themselves: at a high temperature, where they are nearly equal and T² magnifies it, that is one
/// digit more in f32.
///
/// A class that does not exist on either side (log-probability −∞ on both) contributes 0, and so does its gradient. If it
/// exists in p alone, the divergence is +∞, as it must be.
///
/// # Shapes
///
/// - p_log_probs, q_log_probs: `[rows, classes]`
/// - output: `[rows]`
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::rows::{kl, log_soften};
///
/// # let device = burn::tensor::Device::flex();
/// let p = log_soften(Tensor::<2>::from_floats([[1.0, 0.0, -1.0]], &device), 1.0);
/// let q = log_soften(Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device), 1.0);
/// assert!((kl(p.clone(), q).into_scalar::<f32>() - 0.266).abs() < 1e-3);
/// assert_eq!(kl(p.clone(), p).into_scalar::<f32>(), 0.0);
/// ```
pub fn kl(p_log_probs: Tensor<2>, q_log_probs: Tensor<2>) -> Tensor<1> {
    let (p_log_probs, q_log_probs) = (widen(p_log_probs), widen(q_log_probs));
    let p = p_log_probs.clone().exp();
    let q = q_log_probs.clone().exp();
    let absent = p.clone().equal_elem(0.0);
    // Where p is 0 the product is 0, but 0 · (−∞ − …) is not a number.
    let ratio = (p_log_probs - q_log_probs).mask_fill(absent, 0.0);
    (p.clone() * ratio + (q - p)).sum_dim(1).squeeze_dim(1)
}
