use burn::backend::{Backend, backend_extension, tensor::FloatTensor};

/// The operation as it is called.
#[backend_extension(
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Autodiff: cfg(feature = "autodiff"),
)]
pub trait UnitBackend: Backend {
    /// The vectors along the last axis at length 1, or as they are if they are zeros.
    fn unit(x: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What a backend adds so that the operation has a gradient.
pub trait UnitGradientBackend: UnitBackend {
    /// The gradient for the vectors x, made of what comes from above.
    fn unit_gradient(x: FloatTensor<Self>, above: FloatTensor<Self>) -> FloatTensor<Self>;
}
