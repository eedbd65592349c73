use burn::tensor::Tensor;
use kd_core::rows;

/// `softmax(logits / T)` of each row, rounded the same on and off the autodiff graph.
///
/// Burn's softmax is not, so that equal student and teacher differ by some rounding: nothing to a divergence, whose
/// slope is 0 there, but not to an absolute value or a quotient. By way of logarithms it would be, with a digit less.
pub(crate) fn softened(logits: Tensor<2>, temperature: f64) -> Tensor<2> {
    let logits = rows::widen(logits) * temperature.recip();
    let highest = logits.clone().without_autodiff().max_dim(1);
    let powers = (logits - highest).exp();
    powers.clone() / powers.sum_dim(1)
}
