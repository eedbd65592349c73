//! A divergence between logits that are never there all at once.

#[cfg(feature = "autodiff")]
mod autodiff;
mod backend;
mod chunks;
mod composed;

pub use backend::LinearDivergenceBackend;
pub(crate) use chunks::{Chunks, WithGradients};
pub use composed::composed_linear;

use burn::{
    backend::Dispatch,
    tensor::{DType, FloatDType, Tensor},
};

use crate::{Divergence, fused::has_kernel};

/// Numbers in a chunk of logits, 40 MiB in f32: little beside the weight's gradient, and enough to multiply fast.
const NUMBERS_AT_ONCE: usize = 10 << 20;

/// Rows come in multiples of it: what multiplies on a processor takes them by vectors.
const VECTOR: usize = 8;

/// What to make of the logits, and how many rows of them at once.
#[derive(Clone, Copy, Debug)]
pub struct LinearDivergence {
    /// The divergence between the softened rows.
    pub divergence: Divergence,
    /// T.
    pub temperature: f64,
    /// Rows whose logits exist at the same time.
    pub rows_at_once: usize,
}

impl LinearDivergence {
    /// As many rows at once as make logits of 40 MiB in f32.
    pub fn new(divergence: Divergence, temperature: f64, vocab: usize) -> Self {
        let rows = (NUMBERS_AT_ONCE / vocab.max(1)).max(1);
        Self {
            divergence,
            temperature,
            rows_at_once: if rows < VECTOR { rows } else { rows / VECTOR * VECTOR },
        }
    }

    /// As many rows at once as one says.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[track_caller]
    pub fn with_rows_at_once(self, rows: usize) -> Self {
        some_at_once(rows);
        Self {
            rows_at_once: rows,
            ..self
        }
    }

    /// The weighted sum over rows of the divergence between `teacher_hidden · teacher_weight` and
    /// `student_hidden · student_weight`.
    ///
    /// The logits are made some rows at a time and not kept: with a large vocabulary they are most of what a step needs. The
    /// gradients for the student's hidden states and weight are summed up on the way, for which the weights of the rows have to
    /// be known: 1 / rows for a mean, mask / count for the mean of some.
    ///
    /// # Shapes
    ///
    /// - student_hidden: `[rows, hidden]`, student_weight: `[hidden, vocab]`
    /// - teacher_hidden: `[rows, hidden]`, teacher_weight: `[hidden, vocab]`; its hidden size may be another
    /// - row_weights: `[rows]`
    /// - output: `[1]`
    ///
    /// # Gradient
    ///
    /// For the student's hidden states and weight, each in its own type; a weight off the autodiff graph costs nothing. The
    /// teacher and the row weights are constants. A row of weight 0 does not count, not even if it is not a number.
    ///
    /// # Types
    ///
    /// Any: where hidden states and weight of a side differ they are multiplied in the wider type, or in f32 if that is none
    /// of both, and where student and teacher differ their logits are compared in f32, or in f64 if the student's are.
    ///
    /// # Panics
    ///
    /// If the shapes do not fit, or there are no rows, or none at once.
    #[track_caller]
    pub fn weighted_sum(
        self,
        [student_hidden, student_weight]: [Tensor<2>; 2],
        [teacher_hidden, teacher_weight]: [Tensor<2>; 2],
        row_weights: Tensor<1>,
    ) -> Tensor<1> {
        let student = [student_hidden, student_weight];
        let teacher = [teacher_hidden.without_autodiff(), teacher_weight.without_autodiff()];
        check(&student, &teacher, &row_weights);
        some_at_once(self.rows_at_once);
        let [student, teacher] = [student, teacher].map(in_one_type);
        // In the type of the divergence's values.
        let dtype = match student[0].dtype() {
            DType::F64 => FloatDType::F64,
            _ => FloatDType::F32,
        };
        let row_weights = row_weights.without_autodiff().cast(dtype);
        if !has_kernel(student[0].device().as_dispatch(), student[0].dtype()) {
            return composed_linear(self, student, teacher, row_weights);
        }
        let weight_learns = student[1].is_autodiff();
        let [student_hidden, student_weight] = student.map(Tensor::into_dispatch);
        let [teacher_hidden, teacher_weight] = teacher.map(Tensor::into_dispatch);
        Tensor::from_dispatch(Dispatch::linear_divergence(
            student_hidden,
            student_weight,
            teacher_hidden,
            teacher_weight,
            row_weights.into_dispatch(),
            self,
            weight_learns,
        ))
    }
}

/// A side in the wider of its types, or in f32 if one half precision meets the other.
fn in_one_type(side: [Tensor<2>; 2]) -> [Tensor<2>; 2] {
    let [hidden, weight] = side.each_ref().map(|tensor| tensor.dtype());
    if hidden == weight {
        return side;
    }
    let dtype = if [hidden, weight].contains(&DType::F64) {
        FloatDType::F64
    } else {
        FloatDType::F32
    };
    side.map(|tensor| tensor.cast(dtype))
}

#[track_caller]
fn some_at_once(rows: usize) {
    assert!(
        rows > 0,
        "linear_divergence: 0 rows at once never come to an end; give at least 1"
    );
}

#[track_caller]
fn check(student: &[Tensor<2>; 2], teacher: &[Tensor<2>; 2], row_weights: &Tensor<1>) {
    for (who, [hidden, weight]) in [("student", student), ("teacher", teacher)] {
        let ([_, width], [height, _]) = (hidden.dims(), weight.dims());
        assert!(
            width == height,
            "linear_divergence: the {who}'s hidden states are {width} wide and its weight has {height} rows; logits are hidden · \
             weight, and the weight is [hidden, vocab] (transpose one that is [vocab, hidden])"
        );
        assert!(
            width > 0,
            "linear_divergence: the {who}'s hidden states hold no numbers; give at least one to each row"
        );
    }
    let ([rows, _], [of_teacher, _]) = (student[0].dims(), teacher[0].dims());
    assert!(
        rows == of_teacher && rows == row_weights.dims()[0],
        "linear_divergence: the student has {rows} rows, the teacher {of_teacher}, and there are {} row weights; give all three \
         for the same rows",
        row_weights.dims()[0]
    );
    let ([_, vocab], [_, of_teacher]) = (student[1].dims(), teacher[1].dims());
    assert!(
        vocab == of_teacher,
        "linear_divergence: the student's vocabulary has {vocab} entries and the teacher's {of_teacher}; cut the padding off \
         the larger one"
    );
    assert!(
        rows > 0 && vocab > 0,
        "linear_divergence: there are {rows} rows of {vocab} classes; give at least one of each"
    );
}
