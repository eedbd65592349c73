//! What labels must be.

use burn::tensor::{Int, Tensor};

use super::{logits, valid};
use crate::{Error, Labelled};

/// Each label must be a class that exists.
///
/// Looking at the labels waits for the device to finish what it is doing; on a GPU that can cost more than the loss.
///
/// # Panics
///
/// If a label is not in `0..classes`.
#[track_caller]
pub fn labels(loss: &str, labels: &Tensor<1, Int>, classes: usize) {
    if labels.dims()[0] == 0 {
        return;
    }
    let lowest = labels.clone().min().into_scalar::<i64>();
    let highest = labels.clone().max().into_scalar::<i64>();
    let culprit = if lowest < 0 { lowest } else { highest };
    assert!(
        (0..classes as i64).contains(&culprit),
        "{loss}: label {culprit} is not a class; with {classes} classes labels run from 0 to {}. Are they counted \
         from 1, or is -100 used for padding? Mask padding with `forward_masked` and give it any class",
        classes - 1
    );
}

/// There must be one label per row.
///
/// # Panics
///
/// If the number of labels is not `rows`.
#[track_caller]
pub fn label_count(loss: &str, labels: &Tensor<1, Int>, rows: usize) {
    let count = labels.dims()[0];
    assert!(
        count == rows,
        "{loss}: there are {count} labels for {rows} rows; give one label per row"
    );
}

/// The student's logits must fit a teacher with labels; whether the labels are classes is looked at if `values` says so.
///
/// # Panics
///
/// If the shapes differ, there are no rows or no classes, there is not one label per row, or (if `values`) a label is not
/// a class.
#[track_caller]
pub fn labelled(loss: &str, student: &Tensor<2>, teacher: &Labelled, values: bool) {
    logits(loss, student, &teacher.logits);
    let [rows, classes] = student.dims();
    label_count(loss, &teacher.labels, rows);
    if values {
        labels(loss, &teacher.labels, classes);
    }
}

/// The probability of a label among `classes` must be no less than any other class's, and below 1.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn confidence(owner: &'static str, value: f64, classes: usize) -> Result<(), Error> {
    valid(
        value >= (classes as f64).recip() && value < 1.0,
        owner,
        "confidence",
        value,
        "at least 1 / classes, which prefers no class, and below 1, which is the label alone (0.99 is usual)",
    )
}
