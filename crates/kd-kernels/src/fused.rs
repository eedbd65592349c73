use burn::{
    backend::{Dispatch, DispatchDevice},
    tensor::{DType, Device, Tensor},
};

use crate::{Divergence, DivergenceBackend, composed, processor::is_processor, widen};

/// The divergence of each row between softmax(teacher / T) and softmax(student / T), differentiable in the student.
///
/// Nothing is multiplied by T², and nothing is divided by the number of classes.
///
/// # Shapes
///
/// - student, teacher: `[rows, classes]`
/// - output: `[rows]`, f32 for half precision
///
/// # Gradient
///
/// Of the row's value for the student's logits; the teacher gets none. A row that gets 0 from above (it was masked out)
/// has gradient 0, whatever is in it.
///
/// # Panics
///
/// If the shapes differ.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_kernels::{Divergence, divergence};
///
/// # let device = burn::tensor::Device::flex();
/// let teacher = Tensor::<2>::from_floats([[1.0, 0.0, -1.0]], &device);
/// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device);
/// let kl = divergence(student, teacher, Divergence::ForwardKl, 1.0);
/// assert!((kl.into_scalar::<f32>() - 0.266).abs() < 1e-3);
/// ```
#[track_caller]
pub fn divergence(student: Tensor<2>, teacher: Tensor<2>, divergence: Divergence, temperature: f64) -> Tensor<1> {
    assert_eq!(
        student.dims(),
        teacher.dims(),
        "student and teacher have unequal shapes"
    );
    let teacher = teacher.without_autodiff();
    // A kernel takes both sides in one type: the student's, or the wider one that half precision is computed in.
    let (student, teacher) = match student.dtype() == teacher.dtype() {
        true => (student, teacher),
        false => {
            let student = widen(student);
            let teacher = teacher.cast(student.dtype());
            (student, teacher)
        }
    };
    if !has_kernel(student.device().as_dispatch(), student.dtype()) {
        return composed(student, teacher, divergence, temperature);
    }
    let (student, teacher) = (student.into_dispatch(), teacher.into_dispatch());
    Tensor::from_dispatch(Dispatch::divergence(student, teacher, divergence, temperature))
}

/// Whether [`divergence`] runs as one kernel on the device, or else is [`composed`](crate::composed).
///
/// In f64 it is composed on graphics processors all the same: few have f64, and the kernels compute in f32.
pub fn is_fused(device: &Device) -> bool {
    has_kernel(device.as_dispatch(), DType::F32)
}

#[allow(
    unreachable_patterns,
    unused_variables,
    clippy::only_used_in_recursion,
    reason = "with few backends compiled in the last arm may be left without a case, and the type without a use"
)]
pub(crate) fn has_kernel(device: &DispatchDevice, dtype: DType) -> bool {
    match device {
        #[cfg(feature = "cube")]
        DispatchDevice::Cube(_) => matches!(dtype, DType::F32 | DType::F16 | DType::BF16),
        #[cfg(feature = "autodiff")]
        DispatchDevice::Autodiff(inner) => has_kernel(inner, dtype),
        _ => is_processor(device),
    }
}
