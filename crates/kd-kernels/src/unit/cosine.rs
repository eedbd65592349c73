use burn::tensor::Tensor;

use crate::{unit_distance, widen};

/// 1 less the cosine between the vectors along `axis`, differentiable in the student; the axis is left with length 1.
///
/// ```text
/// y = 1 − student · teacher / (‖student‖ · ‖teacher‖)
/// ```
///
/// A vector of zeros has no direction: it counts as perpendicular (1) to any other, and as equal (0) to another one of zeros.
///
/// # Shapes
///
/// - student, teacher: the same
/// - output: the same but for `axis`, which has length 1; f32 for half precision
///
/// # Gradient
///
/// Turns the student's vector and leaves its length alone; the teacher gets none.
///
/// # Panics
///
/// If the shapes differ, or there is no such axis.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_kernels::cosine_distance;
///
/// # let device = burn::tensor::Device::flex();
/// let student = Tensor::<2>::from_floats([[1.0, 1.0], [0.0, 2.0], [-3.0, 0.0]], &device);
/// let teacher = Tensor::<2>::from_floats([[4.0, 4.0], [7.0, 0.0], [0.5, 0.0]], &device);
/// let values: Vec<f32> = cosine_distance(student, teacher, 1).into_data().try_to_vec().unwrap();
/// assert_eq!(values, [0.0, 1.0, 2.0]);
/// ```
#[track_caller]
pub fn cosine_distance<const D: usize>(student: Tensor<D>, teacher: Tensor<D>, axis: usize) -> Tensor<D> {
    assert_eq!(
        student.dims(),
        teacher.dims(),
        "student and teacher have unequal shapes"
    );
    let student = widen(student);
    let teacher = teacher.without_autodiff().cast(student.dtype());
    // Of vectors of length 1 the cosine is missing half the squared distance to 1, which keeps its digits near 0.
    let apart = unit_distance(student.clone(), teacher.clone(), axis) * 0.5;
    if student.shape().num_elements() == 0 {
        return apart;
    }
    // One of zeros has length 0: its half is missing. What is not a number stays that beside zeros.
    let zeros = |x: Tensor<D>| x.without_autodiff().abs().max_dim(axis).lower_elem(f32::MIN_POSITIVE);
    let perpendicular = zeros(student).not_equal(zeros(teacher));
    let number = apart.clone().without_autodiff().is_nan().bool_not();
    apart.mask_fill(perpendicular.bool_and(number), 1.0)
}
