use burn::backend::{Backend, backend_extension, tensor::FloatTensor};

/// The products of rows as an operation of a backend; what is given here is right on any.
#[backend_extension(
    Cube: cfg(feature = "cube"),
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Autodiff: cfg(feature = "autodiff"),
)]
pub trait GramBackend: Backend {
    /// x · xᵀ over the last two axes.
    fn gram(x: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_matmul(x.clone(), Self::float_transpose(x))
    }

    /// What comes from above, made symmetric and multiplied by x.
    fn gram_gradient(x: FloatTensor<Self>, above: FloatTensor<Self>) -> FloatTensor<Self> {
        let both = Self::float_add(above.clone(), Self::float_transpose(above));
        Self::float_matmul(both, x)
    }
}

#[cfg(feature = "cube")]
impl GramBackend for burn_cubecl::CubeBackend {}

#[cfg(feature = "cube")]
impl<B: burn_fusion::FusionBackend> GramBackend for burn_fusion::Fusion<B> {}

#[cfg(feature = "ndarray")]
impl GramBackend for burn::backend::NdArray {}
