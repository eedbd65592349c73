//! How differently two sides see the angles between samples.

#[cfg(feature = "autodiff")]
mod autodiff;
mod backend;
mod composed;

pub use backend::{AnglesBackend, AnglesGradientBackend};
pub use composed::composed_angles;

use burn::{backend::Dispatch, tensor::Tensor};

use crate::{processor::is_processor, widen};

/// How far the cosines of a sample's angles are apart on the two sides, summed up: for each sample, differentiable in the
/// student.
///
/// ```text
/// cosineᵢⱼₖ = (Pⱼₖ − Oᵢⱼ − Oᵢₖ) · Vᵢⱼ · Vᵢₖ           of a side's P, O and V
/// yᵢ = Σⱼₖ smooth-L1(student's cosineᵢⱼₖ − teacher's cosineᵢⱼₖ)     with its bend at 1
/// ```
///
/// With P the products of samples x, `xⱼ · xₖ`, O the products less half the square of the row's own sample,
/// `xᵢ · xⱼ − ½ xᵢ²`, and V one over the distances between samples, this is the cosine of the angle at sample i between
/// j and k. On Flex and NdArray no cosine is ever stored: there are batch³ of them, and they are computed once for the values
/// and once for the gradient.
///
/// # Shapes
///
/// - student, teacher: `[3, batch, batch]`: P, O and V; P symmetric, as products are
/// - output: `[batch]`, f32 for half precision
///
/// # Gradient
///
/// For the student's P, O and V; the teacher gets none. On Flex and NdArray it counts on P being symmetric, and a sample that
/// gets 0 from above (it was masked out) brings nothing to it, whatever is in its rows.
///
/// # Panics
///
/// If the shapes differ, or are not of three square matrices.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_kernels::{angles, gram};
///
/// # let device = burn::tensor::Device::flex();
/// // Three corners of a square, of which the first has the right angle; on a line there is none.
/// let side = |x: Tensor<2>, inverse: [[f32; 3]; 3]| {
///     let products = gram(x.clone());
///     let offsets = products.clone() - x.square().sum_dim(1) * 0.5;
///     Tensor::stack::<3>(vec![products, offsets, Tensor::from_floats(inverse, &device)], 0)
/// };
/// let root = 0.5f32.sqrt();
/// let corners = Tensor::<2>::from_floats([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], &device);
/// let corners = side(corners, [[0.0, 1.0, 1.0], [1.0, 0.0, root], [1.0, root, 0.0]]);
/// let line = Tensor::<2>::from_floats([[0.0], [1.0], [-1.0]], &device);
/// let line = side(line, [[0.0, 1.0, 1.0], [1.0, 0.0, 0.5], [1.0, 0.5, 0.0]]);
/// let apart: Vec<f32> = angles(corners, line).into_data().try_to_vec().unwrap();
/// // Its cosine is 0 on one side and −1 on the other, and counts in both orders.
/// assert!((apart[0] - 1.0).abs() < 1e-6);
/// ```
#[track_caller]
pub fn angles(student: Tensor<3>, teacher: Tensor<3>) -> Tensor<1> {
    let shape = student.dims();
    assert_eq!(shape, teacher.dims(), "student and teacher have unequal shapes");
    assert!(
        shape[0] == 3 && shape[1] == shape[2],
        "angles are made of three square matrices, [3, batch, batch], and not of {shape:?}"
    );
    let student = widen(student);
    let teacher = teacher.without_autodiff().cast(student.dtype());
    if shape[1] == 0 || !is_processor(student.device().as_dispatch()) {
        return composed_angles(student, teacher);
    }
    Tensor::from_dispatch(Dispatch::angles(student.into_dispatch(), teacher.into_dispatch()))
}
