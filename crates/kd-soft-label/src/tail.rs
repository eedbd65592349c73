//! The tail: all classes that a [`TopK`](crate::TopK) teacher does not name, taken as one.

use burn::tensor::{Bool, IndexingUpdateOp, Int, Tensor};

/// How often each of the student's classes is named: once if at all, or the teacher is wrong. `[rows, classes]`.
pub(crate) fn times_named(ids: &Tensor<2, Int>, absent: &Tensor<2, Bool>, student: &Tensor<2>) -> Tensor<2> {
    let never = student.clone().without_autodiff().zeros_like();
    let present = absent.clone().bool_not().float().cast(student.dtype());
    never.scatter(1, ids.clone(), present, IndexingUpdateOp::Add)
}

/// The teacher's log-probability of the tail: what is left of 1, unless `all` classes are named. `[rows, 1]`.
pub(crate) fn of_teacher(mass: Tensor<2>, all: Tensor<2, Bool>) -> Tensor<2> {
    // The sum of k rounded numbers is not 1 to the last digit, and a tail that is not there may be infinitely far.
    let rounding = 8.0 * mass.dtype().finfo().expect("a mass is a float").epsilon;
    let left = mass.neg() + 1.0;
    let nothing = left.clone().lower_elem(rounding).bool_or(all);
    left.mask_fill(nothing, 0.0).log()
}

/// The student's log-probability of the tail: the logarithm of a sum over it, since 1 − Q would have no digits.
/// `[rows, 1]`.
pub(crate) fn of_student(q: Tensor<2>, named: Tensor<2, Bool>) -> Tensor<2> {
    let q = q.mask_fill(named, f64::NEG_INFINITY);
    let top = q.clone().without_autodiff().max_dim(1);
    let nothing = top.clone().equal_elem(f64::NEG_INFINITY);
    let top = top.mask_fill(nothing.clone(), 0.0);
    let sum = (q - top.clone()).exp().sum_dim(1);
    // The slope of log at 0 is infinite: where there is no tail, it is masked before.
    (sum.mask_fill(nothing.clone(), 1.0).log() + top).mask_fill(nothing, f64::NEG_INFINITY)
}
