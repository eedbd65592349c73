//! What a memory of the dataset's samples must be given.

use burn::tensor::Tensor;

use super::{has_classes, not_empty};
use crate::Error;

/// Each of a batch's samples must be one of the dataset's.
///
/// # Panics
///
/// If there are no samples, there is not one index for each, or an index is none of the dataset's.
#[track_caller]
pub fn dataset_indices(owner: &str, indices: &[usize], rows: usize, samples: usize) {
    not_empty(owner, rows);
    assert!(
        indices.len() == rows,
        "{owner}: there are {} indices for {rows} samples; give each sample its index in the dataset",
        indices.len()
    );
    if let Some(index) = indices.iter().find(|&&index| index >= samples) {
        panic!(
            "{owner}: index {index} is not one of the {samples} samples that the memory was made for, which run from 0 to \
             {}; make it as large as the dataset",
            samples - 1
        );
    }
}

/// No sample may come twice where something is written for each.
///
/// # Panics
///
/// If one does.
#[track_caller]
pub fn distinct_indices(owner: &str, indices: &[usize]) {
    let mut seen = std::collections::HashSet::new();
    if let Some(index) = indices.iter().find(|&&index| !seen.insert(index)) {
        panic!(
            "{owner}: sample {index} comes twice in one batch, and the memory could keep only one of them; draw the \
             samples of a batch without replacement"
        );
    }
}

/// Each sample must be one of the dataset's.
///
/// # Errors
///
/// [`Error::Sample`] for the first that is not.
pub fn known_samples(owner: &'static str, ids: &[usize], samples: usize) -> Result<(), Error> {
    match ids.iter().find(|&&id| id >= samples) {
        None => Ok(()),
        Some(&sample) => Err(Error::Sample {
            owner,
            sample,
            reason: format!("is none of the {samples} samples that this was made for; make it as large as the dataset"),
        }),
    }
}

/// What is to be remembered must have a row for each sample, of as many classes as the memory.
///
/// # Panics
///
/// If there are no samples, there is not one row for each, or the classes are others.
#[track_caller]
pub fn remembered(owner: &str, [rows, classes]: [usize; 2], ids: usize, expected: usize) {
    not_empty(owner, rows);
    assert!(
        rows == ids,
        "{owner}: there are {ids} ids for {rows} rows of logits; give each row its sample's number in the dataset"
    );
    assert!(
        classes == expected,
        "{owner}: the logits have shape [{rows}, {classes}], and the memory is of {expected} classes; make it for as many \
         as the student has"
    );
}

/// What is recalled must be of the first rows of a batch, in the student's classes.
///
/// # Panics
///
/// If no rows are recalled, or more than there are, or the classes differ.
#[track_caller]
pub fn recalled(loss: &str, student: &Tensor<2>, recalled: &Tensor<2>) {
    let ([rows, classes], [shared, of_past]) = (student.dims(), recalled.dims());
    has_classes(loss, classes);
    assert!(
        classes == of_past && (1..=rows).contains(&shared),
        "{loss}: the student has shape [{rows}, {classes}], and what is recalled [{shared}, {of_past}]; give logits of the \
         first rows of the batch, in the same classes, or none at all"
    );
}

/// There must be a sample, and an id for each.
///
/// # Panics
///
/// If there are no samples, or there is not one id for each.
#[track_caller]
pub fn sample_ids(owner: &str, ids: &[u64], rows: usize) {
    not_empty(owner, rows);
    assert!(
        ids.len() == rows,
        "{owner}: there are {} ids for {rows} samples; give each sample the id it has in the dataset",
        ids.len()
    );
}
