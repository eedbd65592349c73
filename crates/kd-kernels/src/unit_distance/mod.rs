//! How far two directions are from one another.

#[cfg(feature = "autodiff")]
mod autodiff;
mod backend;

pub use backend::{UnitDistanceBackend, UnitDistanceGradientBackend};

use burn::{backend::Dispatch, tensor::Tensor};

use crate::{processor::is_processor, unit, widen};

/// The squared distance between the vectors along `axis`, each at length 1, differentiable in the student; the axis is left
/// with length 1.
///
/// ```text
/// y = ‖u − v‖², u = student / ‖student‖, v = teacher / ‖teacher‖
/// d student = 2 · (u − v − u · ⟨u, u − v⟩) / ‖student‖
/// ```
///
/// A vector of zeros stays zero, as with [`unit()`], so it is 1 from any other and 0 from another one of zeros. Along the
/// last axis this is one operation on Flex and NdArray, which makes the gradient on the way; elsewhere it is composed of
/// `unit` and Burn's own.
///
/// # Shapes
///
/// - student, teacher: the same
/// - output: the same but for `axis`, which has length 1; f32 for half precision
///
/// # Gradient
///
/// Turns the student's vector and leaves its length alone; the teacher gets none. On Flex and NdArray, along the last axis, a
/// vector that gets 0 from above (it was masked out) has gradient 0, whatever is in it; composed, one that is not a number
/// stays that.
///
/// # Panics
///
/// If the shapes differ, or there is no such axis.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_kernels::unit_distance;
///
/// # let device = burn::tensor::Device::flex();
/// let student = Tensor::<2>::from_floats([[2.0, 0.0], [0.0, 3.0], [0.0, 0.0]], &device);
/// let teacher = Tensor::<2>::from_floats([[5.0, 0.0], [1.0, 0.0], [0.0, 7.0]], &device);
/// let values: Vec<f32> = unit_distance(student, teacher, 1).into_data().try_to_vec().unwrap();
/// assert_eq!(values, [0.0, 2.0, 1.0]);
/// ```
#[track_caller]
pub fn unit_distance<const D: usize>(student: Tensor<D>, teacher: Tensor<D>, axis: usize) -> Tensor<D> {
    let mut shape = student.dims();
    assert_eq!(shape, teacher.dims(), "student and teacher have unequal shapes");
    let student = widen(student);
    let teacher = teacher.without_autodiff().cast(student.dtype());
    let numbers: usize = shape.iter().product();
    if axis + 1 != D || numbers == 0 || !is_processor(student.device().as_dispatch()) {
        return (unit(student, axis) - unit(teacher, axis)).square().sum_dim(axis);
    }
    let rows = [numbers / shape[axis], shape[axis]];
    let [student, teacher] = [student, teacher].map(|x| x.reshape(rows).into_dispatch());
    shape[axis] = 1;
    Tensor::<1>::from_dispatch(Dispatch::unit_distance(student, teacher)).reshape(shape)
}
