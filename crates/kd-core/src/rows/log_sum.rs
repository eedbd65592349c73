use burn::tensor::{Bool, Tensor};

/// The logarithm of what some classes have together: those that are not left out.
///
/// ```text
/// log Σ_{classes not left out} exp(log_probs)        −∞ if there are none
/// ```
///
/// Where they have little it keeps the digits that one less the others' has not. A row of none gets no gradient.
///
/// # Shapes
///
/// - log_probs, left_out: `[rows, classes]`
/// - output: `[rows]`
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::rows::log_sum;
///
/// # let device = burn::tensor::Device::flex();
/// let log_probs = Tensor::<2>::from_floats([[0.5, 0.3, 0.2]], &device).log();
/// let best = Tensor::<2>::from_floats([[1.0, 0.0, 0.0]], &device).bool();
/// let others = log_sum(log_probs, best).exp().into_scalar::<f32>();
/// assert!((others - 0.5).abs() < 1e-6);
/// ```
pub fn log_sum(log_probs: Tensor<2>, left_out: Tensor<2, Bool>) -> Tensor<1> {
    let log_probs = log_probs.mask_fill(left_out, f64::NEG_INFINITY);
    let top = log_probs.clone().without_autodiff().max_dim(1);
    let nothing = top.clone().equal_elem(f64::NEG_INFINITY);
    let top = top.mask_fill(nothing.clone(), 0.0);
    let sum = (log_probs - top.clone()).exp().sum_dim(1);
    // The slope of log at 0 is infinite: where there is nothing, it is masked before.
    let log_sum = sum.mask_fill(nothing.clone(), 1.0).log() + top;
    log_sum.mask_fill(nothing, f64::NEG_INFINITY).squeeze_dim(1)
}
