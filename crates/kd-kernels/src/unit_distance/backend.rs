use burn::backend::{Backend, backend_extension, tensor::FloatTensor};

use crate::GradientBackend;

/// The operation as it is called.
#[backend_extension(
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Autodiff: cfg(feature = "autodiff"),
)]
pub trait UnitDistanceBackend: Backend {
    /// The squared distance, `[rows]`, between the rows of student and teacher at length 1, which are both `[rows, width]`,
    /// of the same type, f32 or f64, and not empty.
    fn unit_distance(student: FloatTensor<Self>, teacher: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What a backend adds so that the operation has a gradient.
pub trait UnitDistanceGradientBackend: UnitDistanceBackend + GradientBackend {
    /// The squared distances, `[rows]`, and the gradient of each for the student's row, `[rows, width]`.
    fn unit_distance_and_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}
