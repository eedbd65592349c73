//! The work of a backend with kernels: some rows after the others.

use burn::{
    backend::{Slice, TensorMetadata, get_device_settings, tensor::FloatTensor},
    tensor::{DType, FloatDType},
};

use crate::{GradientBackend, LinearDivergence};

/// Numbers of the weight's gradient that a chunk is multiplied out for at once: 8 MiB in f32, which stay in a cache.
const NUMBERS_IN_BLOCK: usize = 1 << 21;

/// Hidden states, weights, and the rows still to come.
pub struct Chunks<B: GradientBackend> {
    pub(crate) student: (FloatTensor<B>, FloatTensor<B>),
    pub(crate) teacher: (FloatTensor<B>, FloatTensor<B>),
    pub(crate) row_weights: FloatTensor<B>,
    pub(crate) how: LinearDivergence,
}

/// The sum, and its gradients.
pub struct WithGradients<B: GradientBackend> {
    /// `[1]`.
    pub value: FloatTensor<B>,
    /// `[rows, hidden]`.
    pub hidden: FloatTensor<B>,
    /// `[hidden, vocab]`, if it was asked for.
    pub weight: Option<FloatTensor<B>>,
}

impl<B: GradientBackend> Chunks<B> {
    pub fn new(
        student: (FloatTensor<B>, FloatTensor<B>),
        teacher: (FloatTensor<B>, FloatTensor<B>),
        row_weights: FloatTensor<B>,
        how: LinearDivergence,
    ) -> Self {
        Self {
            student,
            teacher,
            row_weights,
            how,
        }
    }

    /// The sum alone.
    pub fn value(&self) -> FloatTensor<B> {
        let LinearDivergence {
            divergence,
            temperature,
            ..
        } = self.how;
        let of_chunks = self.starts().map(|start| {
            let [student, teacher] = self.logits(start);
            self.weigh(B::divergence(student, teacher, divergence, temperature), start)
        });
        of_chunks.reduce(B::float_add).expect("there are rows")
    }

    /// The sum and the gradients for the student's hidden states and, if it learns, its weight.
    pub fn with_gradients(&self, weight_learns: bool) -> WithGradients<B> {
        let LinearDivergence {
            divergence,
            temperature,
            ..
        } = self.how;
        let (hidden, weight) = &self.student;
        let back = B::float_transpose(weight.clone());
        let mut value: Option<FloatTensor<B>> = None;
        let mut of_hidden = Vec::new();
        let mut of_weight = weight_learns.then(|| zeros_like::<B>(weight));
        for start in self.starts() {
            let [student, teacher] = self.logits(start);
            let (values, gradient) = B::divergence_and_gradient(student, teacher, divergence, temperature);
            let gradient = B::scale_rows(gradient, self.rows(&self.row_weights, start));
            of_weight = of_weight.map(|total| add_product::<B>(total, self.rows(hidden, start), &gradient));
            of_hidden.push(B::float_matmul(gradient, back.clone()));
            let weighed = self.weigh(values, start);
            value = Some(match value {
                None => weighed,
                Some(value) => B::float_add(value, weighed),
            });
        }
        WithGradients {
            value: value.expect("there are rows"),
            hidden: B::float_cat(of_hidden, 0),
            weight: of_weight.map(|total| as_type_of::<B>(total, weight)),
        }
    }

    /// Where the chunks begin.
    fn starts(&self) -> impl Iterator<Item = usize> + use<B> {
        (0..self.student.0.shape()[0]).step_by(self.how.rows_at_once)
    }

    /// A chunk of a tensor whose first axis is rows.
    fn rows(&self, tensor: &FloatTensor<B>, start: usize) -> FloatTensor<B> {
        let end = (start + self.how.rows_at_once).min(tensor.shape()[0]);
        B::float_slice(tensor.clone(), &[Slice::from(start..end)])
    }

    fn logits(&self, start: usize) -> [FloatTensor<B>; 2] {
        [&self.student, &self.teacher].map(|(hidden, weight)| B::float_matmul(self.rows(hidden, start), weight.clone()))
    }

    /// Σ weight · value over a chunk's rows, `[1]`. A row without weight does not count, not even if it is not a number.
    fn weigh(&self, values: FloatTensor<B>, start: usize) -> FloatTensor<B> {
        let weights = self.rows(&self.row_weights, start);
        let weighed = B::float_mul(values, weights.clone());
        let out_dtype = get_device_settings::<B>(&weights.device()).bool_dtype;
        let without = B::float_equal_elem(weights, 0.0.into(), out_dtype);
        B::float_sum(B::float_mask_fill(weighed, without, 0.0.into()))
    }
}

/// Where the gradient for a weight is summed up, in f32 for half precision.
fn zeros_like<B: GradientBackend>(weight: &FloatTensor<B>) -> FloatTensor<B> {
    let dtype = match weight.dtype() {
        DType::F64 => FloatDType::F64,
        _ => FloatDType::F32,
    };
    B::float_zeros(weight.shape(), &weight.device(), dtype)
}

/// Adds hiddenᵀ · gradient, some columns at a time.
fn add_product<B: GradientBackend>(
    mut total: FloatTensor<B>,
    hidden: FloatTensor<B>,
    gradient: &FloatTensor<B>,
) -> FloatTensor<B> {
    let [height, vocab] = total.shape().dims();
    let columns = (NUMBERS_IN_BLOCK / height).clamp(1, vocab);
    let hidden = B::float_transpose(hidden);
    for start in (0..vocab).step_by(columns) {
        let range = start..(start + columns).min(vocab);
        let part = B::float_slice(gradient.clone(), &[Slice::from(..), Slice::from(range)]);
        let product = as_type_of::<B>(B::float_matmul(hidden.clone(), part), &total);
        total = B::add_columns(total, start, product);
    }
    total
}

fn as_type_of<B: GradientBackend>(tensor: FloatTensor<B>, like: &FloatTensor<B>) -> FloatTensor<B> {
    if tensor.dtype() == like.dtype() {
        tensor
    } else {
        B::float_cast(tensor, like.dtype().into())
    }
}
