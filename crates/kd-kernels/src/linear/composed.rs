use burn::tensor::Tensor;

use crate::{LinearDivergence, divergence};

/// [`LinearDivergence::weighted_sum`] with all logits at once, composed of operations that exist on any backend.
pub fn composed_linear(
    how: LinearDivergence,
    [student_hidden, student_weight]: [Tensor<2>; 2],
    [teacher_hidden, teacher_weight]: [Tensor<2>; 2],
    row_weights: Tensor<1>,
) -> Tensor<1> {
    // A row without weight does not count, not even if it is not a number: it is zeros.
    let without = row_weights.clone().equal_elem(0.0).unsqueeze_dim::<2>(1);
    let counting = |hidden: Tensor<2>| {
        let without = without.clone().expand(hidden.dims());
        hidden.mask_fill(without, 0.0)
    };
    let student = counting(student_hidden).matmul(student_weight);
    let teacher = counting(teacher_hidden).matmul(teacher_weight);
    (divergence(student, teacher, how.divergence, how.temperature) * row_weights).sum()
}
