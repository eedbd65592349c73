use burn::backend::{
    Backend, backend_extension,
    tensor::{FloatTensor, IntTensor},
};

/// The operation as it is called.
#[backend_extension(
    Flex: cfg(feature = "flex"),
    Autodiff: cfg(feature = "autodiff"),
)]
pub trait SoftplusSumsBackend: Backend {
    /// The sums, `[rows]`, over what is chosen, `[rows, count]`, of the scores, `[rows, samples]`, f32 or f64 and not empty.
    fn softplus_sums(scores: FloatTensor<Self>, chosen: IntTensor<Self>, shift: f64) -> FloatTensor<Self>;
}

/// What a backend adds so that the operation has a gradient.
pub trait SoftplusSumsGradientBackend: SoftplusSumsBackend {
    /// The gradient for the scores, `[rows, samples]`, made of what comes from above, `[rows]`.
    fn softplus_sums_gradient(
        scores: FloatTensor<Self>,
        chosen: IntTensor<Self>,
        shift: f64,
        above: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}
