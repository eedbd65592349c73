//! What a memory of the dataset's samples must be given.

use super::not_empty;

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
