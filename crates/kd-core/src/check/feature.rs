use burn::tensor::Tensor;

use crate::{Error, Feature};

use super::{not_empty, valid};

/// Student and teacher must be features of the same shape: nothing broadcasts, and a projector makes shapes equal.
///
/// # Panics
///
/// If the shapes differ (the message names the projector that would help), or there are no samples or no numbers.
#[track_caller]
pub fn features<const D: usize>(loss: &str, student: &Tensor<D>, teacher: &Tensor<D>) {
    same_batch(loss, student, teacher);
    let (student, teacher) = (student.dims(), teacher.dims());
    if let Some(axis) = (1..D).find(|&axis| student[axis] != teacher[axis]) {
        differ(loss, &student, &teacher, axis, remedy(D, axis));
    }
    has_numbers(loss, &student);
}

/// Student and teacher must be maps of the same height and width; channels may differ.
///
/// # Panics
///
/// If they are not, or there are no samples or no numbers.
#[track_caller]
pub fn same_places(loss: &str, student: &Tensor<4>, teacher: &Tensor<4>) {
    same_batch(loss, student, teacher);
    let (student, teacher) = (student.dims(), teacher.dims());
    if let Some(axis) = (2..4).find(|&axis| student[axis] != teacher[axis]) {
        differ(loss, &student, &teacher, axis, remedy(4, axis));
    }
    has_numbers(loss, &student);
    has_numbers(loss, &teacher);
}

/// Student and teacher must be maps of the same channels; height and width may differ.
///
/// # Panics
///
/// If they are not, or there are no samples or no numbers.
#[track_caller]
pub fn same_channels(loss: &str, student: &Tensor<4>, teacher: &Tensor<4>) {
    same_batch(loss, student, teacher);
    let (student, teacher) = (student.dims(), teacher.dims());
    if student[1] != teacher[1] {
        differ(loss, &student, &teacher, 1, remedy(4, 1));
    }
    has_numbers(loss, &student);
    has_numbers(loss, &teacher);
}

/// Student and teacher must be maps of the same classes; height and width may differ.
///
/// # Panics
///
/// If they are not, or there are no samples or no numbers.
#[track_caller]
pub fn same_classes(loss: &str, student: &Tensor<4>, teacher: &Tensor<4>) {
    same_batch(loss, student, teacher);
    let (student, teacher) = (student.dims(), teacher.dims());
    if student[1] != teacher[1] {
        let remedy =
            "give a map for each class, `class_activation_maps` of both, and the same classes in the same order";
        differ(loss, &student, &teacher, 1, remedy);
    }
    has_numbers(loss, &student);
    has_numbers(loss, &teacher);
}

/// The map of this side must have the channels that a loss's weights were made for.
///
/// # Panics
///
/// If it has others.
#[track_caller]
pub fn channels_of_weights(loss: &str, side: &str, channels: usize, map: &Tensor<4>) {
    let shape = map.dims();
    assert!(
        shape[1] == channels,
        "{loss}: the {side} has shape {shape:?}, but the weights are for {channels} channels; make the loss for the maps it \
         gets, or put a projector before it, such as `ConvProjector`"
    );
}

/// There must be a map of the student and one of the teacher for each level.
///
/// # Panics
///
/// If there are more or fewer.
#[track_caller]
pub fn levels(loss: &str, levels: usize, student: usize, teacher: usize) {
    assert!(
        student == levels && teacher == levels,
        "{loss}: there are {student} maps of the student and {teacher} of the teacher for {levels} levels; give one of each \
         for each level, from shallow to deep"
    );
}

/// The teacher's head must give a row of logits for each sample.
///
/// # Panics
///
/// If it gives more or fewer, or rows without classes.
#[track_caller]
pub fn head(loss: &str, logits: &Tensor<2>, samples: usize) {
    let shape = logits.dims();
    assert!(
        shape[0] == samples && shape[1] > 0,
        "{loss}: the head gives logits of shape {shape:?} for {samples} samples; let it give a row for each, [batch, classes]"
    );
}

/// Student and teacher must hold as many samples as each other; everything else may differ.
///
/// # Panics
///
/// If they do not, or there are none.
#[track_caller]
pub fn same_batch<const D: usize, const E: usize>(loss: &str, student: &Tensor<D>, teacher: &Tensor<E>) {
    let (student, teacher) = (student.dims(), teacher.dims());
    if student[0] != teacher[0] {
        differ(
            loss,
            &student,
            &teacher,
            0,
            "give both the same samples, in the same order",
        );
    }
    not_empty(loss, student[0]);
}

/// What a relational loss compares: as many samples on each side as on the other, of whatever rank and width.
///
/// # Panics
///
/// If there are unequal numbers of samples, or there are none, or one side has no axis beside the batch's, or no numbers.
#[track_caller]
pub fn relations<const D: usize, const E: usize>(loss: &str, student: &Tensor<D>, teacher: &Tensor<E>) {
    same_batch(loss, student, teacher);
    for shape in [&student.dims()[..], &teacher.dims()] {
        assert!(
            shape.len() > 1,
            "{loss}: features of shape {shape:?} are a number a sample; give each sample an axis of its own"
        );
        has_numbers(loss, shape);
    }
}

#[track_caller]
pub(super) fn has_numbers(loss: &str, shape: &[usize]) {
    assert!(
        shape.iter().product::<usize>() > 0,
        "{loss}: features of shape {shape:?} hold no numbers; each axis needs at least 1"
    );
}

fn remedy(rank: usize, axis: usize) -> &'static str {
    match (rank, axis) {
        (4, 1) => "bring the student to the teacher's channels with a projector, such as `ConvProjector`",
        (4, _) => "bring the student to the teacher's height and width with a projector, such as `Resize`",
        (3, 1) => "bring the student to the teacher's tokens with a projector, such as `ResampleTokens`",
        _ => "bring the student to the teacher's width with a projector, such as `Linear`",
    }
}

#[track_caller]
fn differ(loss: &str, student: &[usize], teacher: &[usize], axis: usize, remedy: &str) -> ! {
    panic!(
        "{loss}: the student has shape {student:?} and the teacher {teacher:?}; they differ at axis {axis} ({} against {}) and \
         nothing is broadcast: {remedy}",
        student[axis], teacher[axis]
    );
}

/// Says that features of unequal rank cannot be compared.
///
/// # Panics
///
/// Always.
#[track_caller]
pub fn unequal_ranks(loss: &str, student: &Feature, teacher: &Feature) -> ! {
    panic!(
        "{loss}: the student has shape {:?} and the teacher {:?}, which is another rank; pool a map or tokens to a vector \
         with a projector, such as `PoolMap` or `PoolTokens`, or compare them with a relational loss, such as `SimilarityLoss`",
        student.shape(),
        teacher.shape()
    );
}

/// Says that a loss wants maps and got something else.
///
/// # Panics
///
/// Always.
#[track_caller]
pub fn not_maps(loss: &str, student: &Feature, teacher: &Feature) -> ! {
    panic!(
        "{loss}: the student has shape {:?} and the teacher {:?}, but it compares maps, [batch, channels, height, width]; for \
         vectors and tokens there is `HintLoss`",
        student.shape(),
        teacher.shape()
    );
}

/// The power of a magnitude must be finite and at least 1: below, the slope at 0 is infinite.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn power(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    let holds = value >= 1.0 && (value as f32).is_finite();
    valid(holds, owner, name, value, "a finite number of at least 1")
}

/// The place where a parabola becomes a line must be 0 or above, with a finite reciprocal.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn beta(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    let has_reciprocal = value > 0.0 && (value as f32).is_finite() && (value.recip() as f32).is_finite();
    valid(
        value == 0.0 || has_reciprocal,
        owner,
        name,
        value,
        "0, which is L1, or a finite number above it with a finite reciprocal",
    )
}

/// The distance to be kept from a boundary must be finite and at least 0.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn margin(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    let holds = value >= 0.0 && (value as f32).is_finite();
    valid(holds, owner, name, value, "a finite number of at least 0")
}

/// The mean of negative values must be finite and at most 0.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn negative_margin(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    valid(
        value <= 0.0 && (value as f32).is_finite(),
        owner,
        name,
        value,
        "a finite number of at most 0, the mean of a channel's negative values",
    )
}

/// A variance must be finite and above 1e-5, which is added to every one.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn variance(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    valid(
        value > 1e-5 && (value as f32).is_finite(),
        owner,
        name,
        value,
        "a finite number above 1e-5, which is added to every variance",
    )
}

/// There must be one of `what` for each channel of the teacher.
///
/// # Panics
///
/// If `count` is not `channels`.
#[track_caller]
pub fn channels(loss: &str, what: &str, count: usize, channels: usize) {
    assert!(
        count == channels,
        "{loss}: there are {count} {what} for features of {channels} channels; make the loss for the teacher's channels"
    );
}

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
