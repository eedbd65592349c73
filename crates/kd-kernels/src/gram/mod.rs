//! The products of rows with one another, with a gradient of one product.

#[cfg(feature = "autodiff")]
mod autodiff;
mod backend;

pub use backend::GramBackend;

use burn::{backend::Dispatch, tensor::Tensor};

use crate::is_fused;

/// The product of each row with each: `x · xᵀ` over the last two axes.
///
/// ```text
/// G = x · xᵀ    dx = (dG + dGᵀ) · x
/// ```
///
/// # Shapes
///
/// - x: `[.., rows, width]`
/// - output: `[.., rows, rows]`
///
/// # Gradient
///
/// One product in the backward pass; differentiated as a product of two it would be two.
///
/// # Panics
///
/// If there is one axis only.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_kernels::gram;
///
/// # let device = burn::tensor::Device::flex();
/// let x = Tensor::<2>::from_floats([[1.0, 2.0], [3.0, 0.0]], &device);
/// assert_eq!(gram(x).into_data().try_to_vec::<f32>().unwrap(), [5.0, 3.0, 3.0, 9.0]);
/// ```
#[track_caller]
pub fn gram<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    assert!(D > 1, "gram: a vector has no rows; give it two axes");
    if !is_fused(&x.device()) {
        return x.clone().matmul(x.transpose());
    }
    Tensor::from_dispatch(Dispatch::gram(x.into_dispatch()))
}
