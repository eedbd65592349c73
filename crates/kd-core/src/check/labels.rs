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

/// The shares of mixed labels must fit the logits, `[rows, classes]`; whether they are shares is looked at if `values` says so,
/// on the host, which waits for the device.
///
/// Sums may be a twentieth more or less than 1, for bf16; NaN passes, as everywhere.
///
/// # Panics
///
/// If the shapes differ, or (if `values`) a share is below 0, a row does not sum to 1, or more than two of its classes have a
/// share.
#[track_caller]
pub fn mixed_labels(loss: &str, logits: &Tensor<2>, shares: &Tensor<2>, values: bool) {
    let (shape, given) = (logits.dims(), shares.dims());
    assert!(
        given == shape,
        "{loss}: the logits have shape {shape:?} and the mixed labels {given:?}; give a row for each sample, with a share for \
         each class"
    );
    if !values {
        return;
    }
    let shares: Vec<f64> = shares.clone().into_data().iter::<f64>().collect();
    for (row, shares) in shares.chunks(shape[1]).enumerate() {
        if let Some(negative) = shares.iter().find(|&&share| share < 0.0) {
            panic!(
                "{loss}: the mixed labels of row {row} have a share of {negative}; shares are of one whole, from 0 to 1. Are \
                 these logits?"
            );
        }
        let sum: f64 = shares.iter().sum();
        assert!(
            sum.is_nan() || (0.95..=1.05).contains(&sum),
            "{loss}: the mixed labels of row {row} sum to {sum} and not to 1; give each class its share of the sample"
        );
        let named = shares.iter().filter(|&&share| share > 0.0).count();
        assert!(
            named <= 2,
            "{loss}: the mixed labels of row {row} name {named} classes, and a sample is mixed of two at most; give labels that \
             are not smoothed, for smoothed ones name all classes"
        );
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
