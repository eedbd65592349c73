//! Every check of the family and what it says, in one place.
//!
//! A check names the culprit, shows what it was given, and ends with the likely remedy. Mistakes of programming panic;
//! values that people choose give an [`Error`], which a config's `init` turns into a panic and its `try_init` returns.

use burn::tensor::{Bool, Tensor};

use crate::Error;

mod average;
mod bert;
mod boosting;
mod devices;
mod diagnosis;
mod exits;
mod feature;
mod feature_values;
mod labels;
mod members;
mod memory;
mod peers;
mod precision;
mod predictions;
mod projector;
mod sparse;
mod tokens;
mod weak_head;

pub use average::{decay, no_more_parameters, same_parameter};
pub use bert::{
    deviation, dropout, has_pooler, has_token_types, head_for_tokens, norm_epsilon, one_per_token, texts, token,
    token_ids, whole_heads,
};
pub use boosting::{better_than_chance, least_error, votes};
pub use devices::{home, no_copy, some_devices};
pub use diagnosis::{learns, mass_share, one_schedule, said_classes, temperatures};
pub use exits::{
    exit_costs, exit_features, exit_rows, exit_samples, exit_threshold, exit_weights, exits, one_per_exit, same_exits,
    shallower_exits, some_exit_weights,
};
pub use feature::{
    channels, channels_of_weights, features, head, levels, not_maps, relations, same_batch, same_batch_at_all_levels,
    same_batch_at_both_ends, same_channels, same_classes, same_places, sizes, unequal_ranks,
};
pub use feature_values::{VARIANCE_EPSILON, beta, margin, negative_margin, power, rate, variance};
pub use labels::{confidence, label_count, labelled, labels, mixed_labels};
pub use members::{
    as_many_members, at_least_as_hard, at_least_one, at_most, distributions, measured, member_weights, most_of_each,
    no_more_networks, one_each, ratio, rising, same_member, same_members,
};
pub use memory::{dataset_indices, distinct_indices, known_samples, put_once, recalled, remembered, sample_ids, table};
pub use peers::{other_peers, peer, peers, views};
pub use precision::{computes_in, loss_scale, no_running_statistics};
pub use predictions::{classes_of_samples, labels_of_samples, probs_of_samples};
pub use projector::{made_for, wrong_rank};
pub use sparse::{class_ids, distinct_ids, mass, top_k, top_k_shapes, top_p};
pub use tokens::{
    answers, asked_tokens, attention, layer_numbers, layers_shown, multiple_of_layers, negatives, of_each_token,
    projectors_of_layers, relation_heads, same_heads, sequences, weights_of_parts,
};
pub use weak_head::with_middle;

/// Student and teacher must have the same shape: nothing broadcasts.
///
/// # Panics
///
/// If the shapes differ.
#[track_caller]
pub fn same_shape<const D: usize>(loss: &str, student: &Tensor<D>, teacher: &Tensor<D>) {
    let (student, teacher) = (student.dims(), teacher.dims());
    if let Some(axis) = (0..D).find(|&axis| student[axis] != teacher[axis]) {
        let remedy = if axis + 1 == D {
            "project features to the teacher's width first; where one vocabulary is merely padded, pad the other's \
             logits with -inf (never 0), or cut the padding off"
        } else {
            "give both the same samples, in the same order"
        };
        panic!(
            "{loss}: the student has shape {student:?} and the teacher {teacher:?}; they differ at axis {axis} \
             ({} against {}) and nothing is broadcast: {remedy}",
            student[axis], teacher[axis]
        );
    }
}

/// Student and teacher must be rows of logits of the same shape, at least one of at least one class.
///
/// # Panics
///
/// If the shapes differ, or there are no rows or no classes.
#[track_caller]
pub fn logits<const D: usize>(loss: &str, student: &Tensor<D>, teacher: &Tensor<D>) {
    same_shape(loss, student, teacher);
    let dims = student.dims();
    not_empty(loss, dims[..D - 1].iter().product());
    has_classes(loss, dims[D - 1]);
}

/// There must be a sample: the mean over none is not a number.
///
/// # Panics
///
/// If `rows` is 0.
#[track_caller]
pub fn not_empty(loss: &str, rows: usize) {
    assert!(
        rows > 0,
        "{loss}: the batch is empty, and the mean over no samples is not a number; skip empty batches"
    );
}

/// There must be at least one class to form a distribution over.
///
/// # Panics
///
/// If `classes` is 0.
#[track_caller]
pub fn has_classes(loss: &str, classes: usize) {
    assert!(
        classes > 0,
        "{loss}: the last axis (classes) is empty; logits need at least one class"
    );
}

/// There must be one mask entry per row.
///
/// # Panics
///
/// If the mask's length is not `rows`.
#[track_caller]
pub fn mask(owner: &str, mask: &Tensor<1, Bool>, rows: usize) {
    let count = mask.dims()[0];
    assert!(
        count == rows,
        "{owner}: the mask has {count} entries for {rows} rows; give one per row, in the order of `flatten_rows`"
    );
}

/// Student and teacher must have the same samples; how many classes each has is its own affair.
///
/// # Panics
///
/// If they differ in an axis other than the last.
#[track_caller]
pub fn same_rows<const D: usize>(loss: &str, student: &Tensor<D>, teacher: &Tensor<D>) {
    let (student, teacher) = (student.dims(), teacher.dims());
    if let Some(axis) = (0..D - 1).find(|&axis| student[axis] != teacher[axis]) {
        panic!(
            "{loss}: the student has shape {student:?} and the teacher {teacher:?}; they differ at axis {axis} \
             ({} against {}) and nothing is broadcast: give both the same samples, in the same order",
            student[axis], teacher[axis]
        );
    }
}

/// What is there, or a panic with the words of the error, at the line of whoever called (where a closure would name its own).
///
/// # Panics
///
/// If it is an error.
#[track_caller]
pub fn must<T>(result: Result<T, Error>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

/// A temperature must be finite and above 0, and its square and its inverse too in f32.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn temperature(owner: &'static str, value: f64) -> Result<(), Error> {
    valid(
        value > 0.0 && ((value * value) as f32).is_finite() && (value.recip() as f32).is_finite(),
        owner,
        "temperature",
        value,
        "a finite number above 0 (1 leaves the teacher as it is, 2 to 20 are usual)",
    )
}

/// The share of a mix must be in `[0, 1]`.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn alpha(owner: &'static str, value: f64) -> Result<(), Error> {
    valid(
        (0.0..=1.0).contains(&value),
        owner,
        "alpha",
        value,
        "in [0, 1] (0 learns from the labels alone, 1 from the teacher alone, 0.9 is usual)",
    )
}

/// The skew of a mixture must be in `[0, 1)`: at 1 both sides are the same, and there is nothing to learn.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn skew(owner: &'static str, value: f64) -> Result<(), Error> {
    valid(
        (0.0..1.0).contains(&value),
        owner,
        "alpha",
        value,
        "in [0, 1) (0 is without skew, 0.1 is usual; at 1 both sides are the same and nothing is learnt)",
    )
}

/// The weight of a part must be finite and at least 0.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn weight(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    valid(
        value >= 0.0 && (value as f32).is_finite(),
        owner,
        name,
        value,
        "a finite number of at least 0 (0 leaves its part out)",
    )
}

/// A share must be in `[0, 1]`; `expected` says what its ends mean.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn share(owner: &'static str, name: &'static str, value: f64, expected: &'static str) -> Result<(), Error> {
    valid((0.0..=1.0).contains(&value), owner, name, value, expected)
}

/// There must be at least one of what is counted.
///
/// # Errors
///
/// [`Error::InvalidValue`] if `value` is 0.
pub fn count(owner: &'static str, name: &'static str, value: usize) -> Result<(), Error> {
    valid(value > 0, owner, name, value as f64, "at least 1")
}

/// There must be at least two of what is counted.
///
/// # Errors
///
/// [`Error::InvalidValue`] if `value` is 0 or 1.
pub fn several(owner: &'static str, name: &'static str, value: usize) -> Result<(), Error> {
    valid(value > 1, owner, name, value as f64, "at least 2")
}

/// There must be as many of what is counted as the student has.
///
/// # Errors
///
/// [`Error::InvalidValue`] if `value` is not `expected`.
pub fn as_many(owner: &'static str, name: &'static str, value: usize, expected: usize) -> Result<(), Error> {
    valid(
        value == expected,
        owner,
        name,
        value as f64,
        "as many as the student has",
    )
}

/// The end of a way must be in `[0, 1]`, and not before its `start`.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn share_from(owner: &'static str, name: &'static str, value: f64, start: f64) -> Result<(), Error> {
    valid(
        (start..=1.0).contains(&value),
        owner,
        name,
        value,
        "in [0, 1] and no less than where it starts",
    )
}

/// A size must be finite and above 0.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn positive(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    let holds = value > 0.0 && (value as f32).is_finite() && (value.recip() as f32).is_finite();
    valid(holds, owner, name, value, "a finite number above 0")
}

/// A number must be one.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn finite(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    valid((value as f32).is_finite(), owner, name, value, "a finite number")
}

fn valid(
    holds: bool,
    owner: &'static str,
    name: &'static str,
    value: f64,
    expected: &'static str,
) -> Result<(), Error> {
    if holds {
        Ok(())
    } else {
        Err(Error::InvalidValue {
            owner,
            name,
            value,
            expected,
        })
    }
}
