//! Vectors brought to length 1.

#[cfg(feature = "autodiff")]
mod autodiff;
mod backend;
mod composed;
mod cosine;

pub use backend::{UnitBackend, UnitGradientBackend};
pub use composed::composed_unit;
pub use cosine::cosine_distance;

use burn::{backend::Dispatch, tensor::Tensor};

use crate::processor::is_processor;

/// The vectors along `axis`, each at length 1; one of zeros stays zero and gets no gradient.
///
/// ```text
/// y = x / ‖x‖    dx = (dy − y · ⟨y, dy⟩) / ‖x‖
/// ```
///
/// Zero is what has no reciprocal in f32: a largest magnitude below the smallest normal number. Everything else comes to
/// length 1: no square over- or underflows. Along the last axis this is one operation on Flex and NdArray, elsewhere it is
/// [`composed_unit`].
///
/// # Shapes
///
/// - x, output: the same
///
/// # Panics
///
/// If there is no such axis.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_kernels::unit;
///
/// # let device = burn::tensor::Device::flex();
/// let x = Tensor::<2>::from_floats([[3e30, -4e30], [0.0, 0.0]], &device);
/// let y = unit(x, 1).into_data().try_to_vec::<f32>().unwrap();
/// assert!((y[0] - 0.6).abs() < 1e-6 && (y[1] + 0.8).abs() < 1e-6 && y[2..] == [0.0, 0.0]);
/// ```
#[track_caller]
pub fn unit<const D: usize>(x: Tensor<D>, axis: usize) -> Tensor<D> {
    if axis + 1 != D || !is_processor(x.device().as_dispatch()) {
        return composed_unit(x, axis);
    }
    Tensor::from_dispatch(Dispatch::unit(x.into_dispatch()))
}
