//! What a teacher that is known only by some classes must keep to.

use burn::tensor::{Int, Tensor};

use super::valid;
use crate::{Error, TopK};

/// A choice of `k` classes must be of at least one and of no more than there are.
///
/// # Panics
///
/// If `k` is 0 or above `classes`.
#[track_caller]
pub fn top_k(owner: &str, k: usize, classes: usize) {
    assert!(
        (1..=classes).contains(&k),
        "{owner}: k is {k}, but must be from 1 to the number of classes, {classes}; with all of them nothing is lost"
    );
}

/// Ids and log-probabilities of chosen classes must have one shape, and a row for each of the student's; so must the tail.
///
/// # Panics
///
/// If they have not.
#[track_caller]
pub fn top_k_shapes(loss: &str, student: &Tensor<2>, teacher: &TopK) {
    let (ids, log_probs, student) = (teacher.ids.dims(), teacher.log_probs.dims(), student.dims());
    let [tail] = teacher.tail.dims();
    assert!(
        ids == log_probs,
        "{loss}: the teacher's ids have shape {ids:?} and its log-probabilities {log_probs:?}; give one \
         log-probability per id"
    );
    assert!(
        ids[0] == student[0],
        "{loss}: the student has shape {student:?} and the teacher {ids:?}; they differ at axis 0 ({} against {}) and \
         nothing is broadcast: give both the same samples, in the same order",
        student[0],
        ids[0]
    );
    assert!(
        tail == ids[0],
        "{loss}: the teacher has {} rows and tails of {tail}; give one tail for each row",
        ids[0]
    );
}

/// Each chosen class must exist.
///
/// Like every look at values it waits for the device; so do [`distinct_ids`] and [`mass`].
///
/// # Panics
///
/// If an id is not in `0..classes`.
#[track_caller]
pub fn class_ids(loss: &str, ids: &Tensor<2, Int>, classes: usize) {
    let lowest = ids.clone().min().into_scalar::<i64>();
    let highest = ids.clone().max().into_scalar::<i64>();
    let culprit = if lowest < 0 { lowest } else { highest };
    assert!(
        (0..classes as i64).contains(&culprit),
        "{loss}: id {culprit} is not one of the student's {classes} classes, which run from 0 to {}. Do both use the \
         same vocabulary? Pad short rows with any class of log-probability -inf",
        classes - 1
    );
}

/// No class may be chosen twice in a row; `counts` says how often each was, `[rows, classes]`.
///
/// # Panics
///
/// If a count is above 1.
#[track_caller]
pub fn distinct_ids(loss: &str, counts: &Tensor<2>) {
    let highest = counts.clone().max().into_scalar::<f64>();
    assert!(
        highest <= 1.0,
        "{loss}: an id comes {highest} times in one row, and its mass would count as often; give each class once, and \
         pad short rows with log-probability -inf"
    );
}

/// Chosen classes cannot have more than all of the mass; `mass` is theirs, `[rows, 1]`.
///
/// A twentieth too much passes: rounding the log-probabilities to bf16 does that.
///
/// # Panics
///
/// If a row has more.
#[track_caller]
pub fn mass(loss: &str, mass: &Tensor<2>) {
    let highest = mass.clone().max().into_scalar::<f64>();
    assert!(
        highest.is_nan() || highest <= 1.05,
        "{loss}: the probabilities of a row sum to {highest}, and cannot be more than 1. Give log-probabilities and \
         not logits, divided by the temperature before they are normalised over all classes"
    );
}

/// A share of a distribution's mass must be above 0 and no more than 1.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn top_p(owner: &'static str, value: f64) -> Result<(), Error> {
    valid(
        value > 0.0 && value <= 1.0,
        owner,
        "p",
        value,
        "above 0 and at most 1 (1 keeps every class, 0.9 to 0.99 are usual)",
    )
}
