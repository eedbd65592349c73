//! The operations that backends implement.

use burn::backend::{Backend, Slice, TensorMetadata, backend_extension, tensor::FloatTensor};

use crate::{
    Divergence,
    linear::{Chunks, WithGradients},
};

/// The operation as it is called: differentiable where the student's tensor is.
#[backend_extension(
    Cube: cfg(feature = "cube"),
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Autodiff: cfg(feature = "autodiff"),
)]
pub trait DivergenceBackend: Backend {
    /// The divergence of each row, `[rows]`, between softmax(teacher / T) and softmax(student / T), which are both
    /// `[rows, classes]` and of the same type. Half precision gives f32.
    fn divergence(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> FloatTensor<Self>;
}

/// What a backend adds so that the operation has a gradient.
pub trait GradientBackend: DivergenceBackend {
    /// The divergence of each row, `[rows]`, and each row's gradient for the student's logits, `[rows, classes]`.
    fn divergence_and_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// Each row of the gradient times its factor; a row whose factor is 0 becomes 0 even where it was not a number.
    fn scale_rows(gradient: FloatTensor<Self>, factors: FloatTensor<Self>) -> FloatTensor<Self>;

    /// Adds `part` to the columns of `total` from `start` on.
    fn add_columns(total: FloatTensor<Self>, start: usize, part: FloatTensor<Self>) -> FloatTensor<Self> {
        let columns = [Slice::from(..), Slice::from(start..start + part.shape()[1])];
        let sum = Self::float_add(Self::float_slice(total.clone(), &columns), part);
        Self::float_slice_assign(total, &columns, sum)
    }

    /// The sum over all rows behind an output layer, and its gradients.
    fn linear_gradients(chunks: &Chunks<Self>, weight_learns: bool) -> WithGradients<Self> {
        chunks.with_gradients(weight_learns)
    }
}
