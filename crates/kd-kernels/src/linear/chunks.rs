//! The work of a backend with kernels: some rows after the others.

use burn::{
    backend::{Slice, TensorMetadata, get_device_settings, tensor::FloatTensor},
    tensor::{DType, FloatDType, Shape},
};

use crate::{GradientBackend, LinearDivergence};

/// The weight's gradient is summed up in blocks of so many numbers: such a block the allocator keeps, and gives out again.
const NUMBERS_IN_BLOCK: usize = 1 << 22;

/// Hidden states, weights, and the rows still to come.
pub(super) struct Chunks<B: GradientBackend> {
    student: (FloatTensor<B>, FloatTensor<B>),
    teacher: (FloatTensor<B>, FloatTensor<B>),
    row_weights: FloatTensor<B>,
    how: LinearDivergence,
}

/// The sum, and its gradients.
pub(super) struct WithGradients<B: GradientBackend> {
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
        let mut of_weight = weight_learns.then(|| Blocks::<B>::new(weight.shape()));
        for start in self.starts() {
            let [student, teacher] = self.logits(start);
            let (values, gradient) = B::divergence_and_gradient(student, teacher, divergence, temperature);
            let gradient = B::scale_rows(gradient, self.rows(&self.row_weights, start));
            if let Some(blocks) = &mut of_weight {
                blocks.add_product(self.rows(hidden, start), &gradient);
            }
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
            weight: of_weight.map(|blocks| blocks.join(weight.dtype())),
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

/// A gradient `[hidden, vocab]` in blocks of columns. Half precision is summed up in f32.
struct Blocks<B: GradientBackend> {
    columns: usize,
    vocab: usize,
    blocks: Vec<Option<FloatTensor<B>>>,
}

impl<B: GradientBackend> Blocks<B> {
    fn new(weight: Shape) -> Self {
        let [hidden, vocab] = weight.dims();
        let columns = (NUMBERS_IN_BLOCK / hidden).clamp(1, vocab);
        Self {
            columns,
            vocab,
            blocks: (0..vocab.div_ceil(columns)).map(|_| None).collect(),
        }
    }

    /// Adds hiddenᵀ · gradient.
    fn add_product(&mut self, hidden: FloatTensor<B>, gradient: &FloatTensor<B>) {
        let hidden = B::float_transpose(hidden);
        for (i, block) in self.blocks.iter_mut().enumerate() {
            let range = i * self.columns..((i + 1) * self.columns).min(self.vocab);
            let columns = B::float_slice(gradient.clone(), &[Slice::from(..), Slice::from(range)]);
            let product = widen::<B>(B::float_matmul(hidden.clone(), columns));
            *block = Some(match block.take() {
                None => product,
                Some(block) => B::float_add(block, product),
            });
        }
    }

    fn join(self, dtype: DType) -> FloatTensor<B> {
        let blocks = self
            .blocks
            .into_iter()
            .map(|block| block.expect("there were rows"))
            .collect();
        let whole = B::float_cat(blocks, 1);
        match dtype {
            DType::F16 | DType::BF16 => B::float_cast(whole, dtype.into()),
            _ => whole,
        }
    }
}

fn widen<B: GradientBackend>(tensor: FloatTensor<B>) -> FloatTensor<B> {
    match tensor.dtype() {
        DType::F16 | DType::BF16 => B::float_cast(tensor, FloatDType::F32),
        _ => tensor,
    }
}
