//! What a memory of the dataset's samples must be given.

use std::collections::HashSet;

use burn::tensor::Tensor;

use super::{has_classes, not_empty};
use crate::Error;

/// Each of a batch's samples must be one of the dataset's: [`known_samples`] for those who return no [`Result`].
///
/// # Panics
///
/// If there are no samples, there is not one index for each, or an index is none of the dataset's.
#[track_caller]
pub fn dataset_indices(owner: &'static str, indices: &[usize], rows: usize, samples: usize) {
    sample_ids(owner, indices, rows);
    crate::check::must(known_samples(owner, indices, samples));
}

/// No sample may come twice where something is written for each and no [`Result`] is returned.
///
/// # Panics
///
/// If one does.
#[track_caller]
pub fn distinct_indices(owner: &str, indices: &[usize]) {
    if let Some(index) = repeated(indices, |_| false) {
        panic!(
            "{owner}: sample {index} comes twice in one batch, and the memory could keep only one of them; draw the \
             samples of a batch without replacement"
        );
    }
}

/// No sample may be put twice in one epoch; `put` says which ones were in earlier batches.
///
/// # Errors
///
/// [`Error::Sample`] for the first that is.
pub fn put_once(owner: &'static str, ids: &[usize], epoch: usize, put: impl Fn(usize) -> bool) -> Result<(), Error> {
    match repeated(ids, put) {
        None => Ok(()),
        Some(sample) => Err(Error::Sample {
            owner,
            sample,
            reason: format!(
                "was put twice in epoch {epoch}; draw samples without replacement, and call `next_epoch` between epochs"
            ),
        }),
    }
}

/// The first that came before, or comes a second time.
fn repeated(ids: &[usize], before: impl Fn(usize) -> bool) -> Option<usize> {
    let mut seen = HashSet::new();
    ids.iter().copied().find(|&id| before(id) || !seen.insert(id))
}

/// A table of `samples` rows of `classes` numbers must be of a size that there is memory for in principle. Returns its
/// bytes.
///
/// # Errors
///
/// [`Error::InvalidValue`] if its bytes are beyond what can be addressed.
pub fn table(owner: &'static str, samples: usize, classes: usize, width: usize) -> Result<usize, Error> {
    let bytes = classes.checked_mul(width).and_then(|row| row.checked_mul(samples));
    bytes
        .filter(|&bytes| isize::try_from(bytes).is_ok())
        .ok_or(Error::InvalidValue {
            owner,
            name: "samples",
            value: samples as f64,
            expected: "so few that their rows of classes can be addressed",
        })
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
pub fn remembered(owner: &str, [rows, classes]: [usize; 2], ids: &[usize], expected: usize) {
    sample_ids(owner, ids, rows);
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
pub fn sample_ids<T>(owner: &str, ids: &[T], rows: usize) {
    not_empty(owner, rows);
    assert!(
        ids.len() == rows,
        "{owner}: there are {} ids for {rows} samples; give each sample the id it has in the dataset",
        ids.len()
    );
}
