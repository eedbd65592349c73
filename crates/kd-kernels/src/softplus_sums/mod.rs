//! What telling noise from the real one costs.

#[cfg(feature = "autodiff")]
mod autodiff;
mod backend;
mod composed;

pub use backend::{SoftplusSumsBackend, SoftplusSumsGradientBackend};
pub use composed::composed_softplus_sums;

use burn::{
    backend::Dispatch,
    tensor::{Int, Tensor},
};

use crate::{processor::is_flex, widen};

/// The sum of log(1 + eˣ) over chosen entries of each row, differentiable in the scores.
///
/// ```text
/// yᵢ = Σⱼ log(1 + exp(scores[i, chosen[i, j]] + shift))
/// ```
///
/// An entry that is chosen twice counts twice. With a score's log-odds of being real, this is the negative log-likelihood of
/// all that was chosen being noise. On Flex it is one operation, which stores nothing of what was chosen.
///
/// # Shapes
///
/// - scores: `[rows, samples]`
/// - chosen: `[rows, count]`, columns of the scores
/// - output: `[rows]`, f32 for half precision
///
/// # Gradient
///
/// For the scores. On Flex a row that gets 0 from above (it was masked out) has gradient 0, whatever is in it; composed, one
/// that is not a number stays that.
///
/// # Panics
///
/// If there are unequal numbers of rows; on Flex also if there is no such column.
///
/// ```
/// use burn::tensor::{Int, Tensor};
/// use kd_kernels::softplus_sums;
///
/// # let device = burn::tensor::Device::flex();
/// let scores = Tensor::<2>::from_floats([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]], &device);
/// let chosen = Tensor::<2, Int>::from_ints([[0, 2], [1, 1]], &device);
/// let sums: Vec<f32> = softplus_sums(scores, chosen, 0.0).into_data().try_to_vec().unwrap();
/// assert!(sums.iter().all(|sum| (sum - 2.0 * 2f32.ln()).abs() < 1e-6));
/// ```
#[track_caller]
pub fn softplus_sums(scores: Tensor<2>, chosen: Tensor<2, Int>, shift: f64) -> Tensor<1> {
    let ([rows, samples], [rows_of_chosen, _]) = (scores.dims(), chosen.dims());
    assert_eq!(
        rows, rows_of_chosen,
        "scores and what is chosen have unequal numbers of rows"
    );
    let scores = widen(scores);
    if rows * samples == 0 || !is_flex(scores.device().as_dispatch()) {
        return composed_softplus_sums(scores, chosen, shift);
    }
    let chosen = chosen.without_autodiff();
    Tensor::from_dispatch(Dispatch::softplus_sums(
        scores.into_dispatch(),
        chosen.into_dispatch(),
        shift,
    ))
}
