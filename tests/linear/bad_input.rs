//! Shapes that do not fit, and nothing at once.

use kd::kernels::{Divergence, LinearDivergence};

use super::*;

fn wrong(student: [[usize; 2]; 2], teacher: [[usize; 2]; 2]) {
    let device = device();
    let side =
        |[hidden, weight]: [[usize; 2]; 2]| LinearLogits::new(tensor(hidden, 1, &device), tensor(weight, 2, &device));
    let loss = SoftLabelLossConfig::new().init();
    let _ = DistillLoss::<LinearLogits>::forward(&loss, side(student), side(teacher));
}

#[test]
#[should_panic(
    expected = "the student's hidden states are 8 wide and its weight has 47 rows; logits are hidden · weight"
)]
fn a_transposed_weight_is_named() {
    wrong([[7, 8], [47, 8]], [[7, 8], [8, 47]]);
}

#[test]
#[should_panic(expected = "the student has 7 rows, the teacher 6")]
fn unequal_rows_are_named() {
    wrong([[7, 8], [8, 47]], [[6, 8], [8, 47]]);
}

#[test]
#[should_panic(expected = "the student's vocabulary has 47 entries and the teacher's 48")]
fn unequal_vocabularies_are_named() {
    wrong([[7, 8], [8, 47]], [[7, 8], [8, 48]]);
}

#[test]
#[should_panic(expected = "the teacher's hidden states hold no numbers")]
fn hidden_states_without_numbers_are_named() {
    let device = Device::flex(); // others may not have empty tensors
    let side = |width| [tensor([7, width], 1, &device), tensor([width, 47], 2, &device)];
    let how = LinearDivergence::new(Divergence::ForwardKl, 1.0, 47);
    how.weighted_sum(side(8), side(0), Tensor::ones([7], &device));
}

#[test]
#[should_panic(expected = "0 rows at once never come to an end")]
fn no_rows_at_once_in_the_field_is_named() {
    let [student, teacher] = sides(&device()).map(|side| [side.hidden, side.weight]);
    let how = LinearDivergence {
        rows_at_once: 0,
        ..LinearDivergence::new(Divergence::ForwardKl, 1.0, VOCAB)
    };
    how.weighted_sum(student, teacher, Tensor::ones([ROWS], &device()));
}

#[test]
#[should_panic(expected = "0 rows at once never come to an end")]
fn no_rows_at_once_is_named() {
    let [student, teacher] = sides(&device());
    SoftLabelLossConfig::new()
        .init()
        .forward(student.with_rows_at_once(0), teacher);
}
