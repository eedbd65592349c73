use burn::tensor::Tensor;

use crate::{LinearDivergence, divergence};

/// [`LinearDivergence::weighted_sum`] with all logits at once, composed of operations that exist on any backend.
pub fn composed_linear(
    how: LinearDivergence,
    [student_hidden, student_weight]: [Tensor<2>; 2],
    [teacher_hidden, teacher_weight]: [Tensor<2>; 2],
    row_weights: Tensor<1>,
) -> Tensor<1> {
    let student = student_hidden.matmul(student_weight);
    let teacher = teacher_hidden.matmul(teacher_weight);
    (divergence(student, teacher, how.divergence, how.temperature) * row_weights).sum()
}
