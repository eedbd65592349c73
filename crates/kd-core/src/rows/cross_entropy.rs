use burn::tensor::{Int, Tensor};

use super::log_soften;

/// Cross-entropy of each row with its label: `−log softmax(logits)[label]`.
///
/// # Shapes
///
/// - logits: `[rows, classes]`
/// - labels: `[rows]`, each in `0..classes` (see [`check::labels`](crate::check::labels); here nothing is checked)
/// - output: `[rows]`
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::rows::cross_entropy;
///
/// # let device = burn::tensor::Device::flex();
/// let logits = Tensor::<2>::zeros([1, 10], &device);
/// let label = Tensor::from_ints([3], &device);
/// assert!((cross_entropy(logits, label).into_scalar::<f32>() - 10f32.ln()).abs() < 1e-6);
/// ```
pub fn cross_entropy(logits: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<1> {
    log_soften(logits, 1.0)
        .gather(1, labels.unsqueeze_dim(1))
        .squeeze_dim(1)
        .neg()
}
