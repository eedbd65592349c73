use burn::tensor::{
    Tensor,
    activation::{log_softmax, softmax},
};

use super::widen;

/// Probabilities at a temperature: `softmax(logits / T)` over the last axis.
///
/// T = 1 leaves the distribution as it is, a higher one flattens it.
///
/// # Shapes
///
/// - logits: `[..., classes]`
/// - output: `[..., classes]`, each row sums to 1
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::rows::soften;
///
/// # let device = burn::tensor::Device::flex();
/// let logits = Tensor::<2>::from_floats([[9.0, 4.0, 0.0]], &device);
/// let sure: Vec<f32> = soften(logits.clone(), 1.0).into_data().try_to_vec().unwrap();
/// let soft: Vec<f32> = soften(logits, 4.0).into_data().try_to_vec().unwrap();
/// assert!(sure[0] > 0.99 && soft[0] < 0.75);
/// ```
pub fn soften<const D: usize>(logits: Tensor<D>, temperature: f64) -> Tensor<D> {
    softmax(tempered(logits, temperature), D - 1)
}

/// Log-probabilities at a temperature: `log softmax(logits / T)` over the last axis.
///
/// A logit of −∞ gives a log-probability of −∞: that class does not exist for this row.
///
/// # Shapes
///
/// - logits: `[..., classes]`
/// - output: `[..., classes]`
pub fn log_soften<const D: usize>(logits: Tensor<D>, temperature: f64) -> Tensor<D> {
    log_softmax(tempered(logits, temperature), D - 1)
}

fn tempered<const D: usize>(logits: Tensor<D>, temperature: f64) -> Tensor<D> {
    let logits = widen(logits);
    // At 1 it would be a pass over the logits for nothing. Not a division: Burn's gradient of one is exact in f32 only.
    if temperature == 1.0 {
        logits
    } else {
        logits * temperature.recip()
    }
}
