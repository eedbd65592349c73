use burn::backend::{Backend, backend_extension, tensor::FloatTensor};

/// The operation as it is called.
#[backend_extension(
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Autodiff: cfg(feature = "autodiff"),
)]
pub trait AnglesBackend: Backend {
    /// The sums, `[batch]`, for student and teacher, `[3, batch, batch]`, of the same type, f32 or f64, and not empty.
    fn angles(student: FloatTensor<Self>, teacher: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What a backend adds so that the operation has a gradient.
pub trait AnglesGradientBackend: AnglesBackend {
    /// The gradient for the student, `[3, batch, batch]`, made of what comes from above, `[batch]`.
    fn angles_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        above: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}
