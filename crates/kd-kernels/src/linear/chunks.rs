//! The work of a backend with kernels: some rows after the others.

use burn::backend::{
    Slice, TensorMetadata, get_device_settings,
    tensor::{BoolTensor, FloatTensor},
};

use crate::{GradientBackend, LinearDivergence};

/// Numbers of the weight's gradient that a chunk is multiplied out for at once: 8 MiB in f32, which stay in a cache.
const NUMBERS_IN_BLOCK: usize = 1 << 21;

/// Hidden states, weights, and the rows still to come.
pub struct Chunks<B: GradientBackend> {
    pub(crate) student: (FloatTensor<B>, FloatTensor<B>),
    pub(crate) teacher: (FloatTensor<B>, FloatTensor<B>),
    /// In f32, or in f64 if the student is.
    pub(crate) row_weights: FloatTensor<B>,
    pub(crate) how: LinearDivergence,
}

/// The sum and its gradients, all in the type of the row weights: in half precision little would be left of a gradient that
/// was divided by the number of rows.
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
            let [student, teacher] = self.logits(self.hidden(start));
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
        let (_, weight) = &self.student;
        let back = B::float_transpose(weight.clone());
        let largest = self.largest();
        // At most 1, so that half precision keeps their digits.
        let shares = B::float_div(
            self.row_weights.clone(),
            B::float_expand(largest.clone(), self.row_weights.shape()),
        );
        let mut value: Option<FloatTensor<B>> = None;
        let mut of_hidden = Vec::new();
        let mut of_weight = weight_learns.then(|| self.zeros_like(weight));
        for start in self.starts() {
            let hidden = self.hidden(start);
            let [student, teacher] = self.logits(hidden.clone());
            let (values, gradient) = B::divergence_and_gradient(student, teacher, divergence, temperature);
            let gradient = as_type_of::<B>(gradient, weight);
            let [hidden, _] = hidden;
            of_weight = of_weight.map(|total| {
                let shared = B::scale_rows(hidden, self.rows(&shares, start));
                add_product::<B>(total, shared, &gradient)
            });
            let product = as_type_of::<B>(B::float_matmul(gradient, back.clone()), &self.row_weights);
            of_hidden.push(B::scale_rows(product, self.rows(&self.row_weights, start)));
            let weighed = self.weigh(values, start);
            value = Some(match value {
                None => weighed,
                Some(value) => B::float_add(value, weighed),
            });
        }
        WithGradients {
            value: value.expect("there are rows"),
            hidden: B::float_cat(of_hidden, 0),
            weight: of_weight.map(|total| {
                let height = total.shape()[0];
                B::scale_rows(total, B::float_expand(largest, [height].into()))
            }),
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

    /// A chunk of both sides' hidden states. A row without weight does not count, not even if it is not a number: it is zeros.
    fn hidden(&self, start: usize) -> [FloatTensor<B>; 2] {
        let weights = self.rows(&self.row_weights, start);
        let without = equals_0::<B>(weights);
        [&self.student, &self.teacher].map(|(hidden, _)| {
            let hidden = self.rows(hidden, start);
            let [rows, width] = hidden.shape().dims();
            let column = B::bool_reshape(without.clone(), [rows, 1].into());
            B::float_mask_fill(hidden, B::bool_expand(column, [rows, width].into()), 0.0.into())
        })
    }

    /// What they make, in one type.
    fn logits(&self, [student, teacher]: [FloatTensor<B>; 2]) -> [FloatTensor<B>; 2] {
        let student = B::float_matmul(student, self.student.1.clone());
        let teacher = B::float_matmul(teacher, self.teacher.1.clone());
        if student.dtype() == teacher.dtype() {
            return [student, teacher];
        }
        [student, teacher].map(|logits| as_type_of::<B>(logits, &self.row_weights))
    }

    /// Σ weight · value over a chunk's rows, `[1]`.
    fn weigh(&self, values: FloatTensor<B>, start: usize) -> FloatTensor<B> {
        B::float_sum(B::float_mul(values, self.rows(&self.row_weights, start)))
    }

    /// The largest row weight, or 1 if all are 0: `[1]`.
    fn largest(&self) -> FloatTensor<B> {
        let largest = B::float_max_abs(self.row_weights.clone());
        B::float_mask_fill(largest.clone(), equals_0::<B>(largest), 1.0.into())
    }

    /// Where the gradient for a weight is summed up.
    fn zeros_like(&self, weight: &FloatTensor<B>) -> FloatTensor<B> {
        B::float_zeros(weight.shape(), &weight.device(), self.row_weights.dtype().into())
    }
}

fn equals_0<B: GradientBackend>(numbers: FloatTensor<B>) -> BoolTensor<B> {
    let dtype = get_device_settings::<B>(&numbers.device()).bool_dtype;
    B::float_equal_elem(numbers, 0.0.into(), dtype)
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
