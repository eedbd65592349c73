use burn::backend::{Backend, backend_extension, tensor::FloatTensor};

use crate::LinearDivergence;

/// The operation as it is called: differentiable in the student's hidden states and, if it learns, in its weight.
#[backend_extension(
    Cube: cfg(feature = "cube"),
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Autodiff: cfg(feature = "autodiff"),
)]
pub trait LinearDivergenceBackend: Backend {
    /// The sum over rows of `row_weights` times the divergence, `[1]`.
    #[allow(clippy::too_many_arguments, reason = "a backend extension takes tensors one by one")]
    fn linear_divergence(
        student_hidden: FloatTensor<Self>,
        student_weight: FloatTensor<Self>,
        teacher_hidden: FloatTensor<Self>,
        teacher_weight: FloatTensor<Self>,
        row_weights: FloatTensor<Self>,
        how: LinearDivergence,
        weight_learns: bool,
    ) -> FloatTensor<Self>;
}

macro_rules! without_gradient {
    ($($(#[$cfg:meta])* $backend:ty),+) => {$(
        $(#[$cfg])*
        impl LinearDivergenceBackend for $backend {
            fn linear_divergence(
                student_hidden: FloatTensor<Self>,
                student_weight: FloatTensor<Self>,
                teacher_hidden: FloatTensor<Self>,
                teacher_weight: FloatTensor<Self>,
                row_weights: FloatTensor<Self>,
                how: LinearDivergence,
                _weight_learns: bool,
            ) -> FloatTensor<Self> {
                let student = (student_hidden, student_weight);
                let teacher = (teacher_hidden, teacher_weight);
                super::chunks::Chunks::<Self>::new(student, teacher, row_weights, how).value()
            }
        }
    )+};
}

without_gradient!(
    #[cfg(feature = "cube")]
    burn::backend::Cube,
    #[cfg(feature = "flex")]
    burn::backend::Flex,
    #[cfg(feature = "ndarray")]
    burn::backend::NdArray
);
