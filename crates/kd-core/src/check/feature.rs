use burn::tensor::Tensor;

use crate::Feature;

use super::not_empty;

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

/// There must be a height and width for each level.
///
/// # Panics
///
/// If there are more or fewer.
#[track_caller]
pub fn sizes(owner: &str, levels: usize, maps: usize, sizes: usize) {
    assert!(
        maps == levels && sizes == levels,
        "{owner}: there are {maps} maps and {sizes} sizes for {levels} levels; give a map and its height and width for each \
         level, from shallow to deep"
    );
}

/// The maps of all levels must be of the same samples.
///
/// # Panics
///
/// If they differ in number, or there are no samples or no numbers.
#[track_caller]
pub fn same_batch_at_all_levels(owner: &str, maps: &[Tensor<4>]) {
    for map in maps {
        let [first, here] = [maps[0].dims(), map.dims()];
        assert!(
            first[0] == here[0],
            "{owner}: one level's map has shape {first:?} and another's {here:?}; give all levels of the same samples"
        );
        not_empty(owner, here[0]);
        has_numbers(owner, &here);
    }
}

/// Both ends of a part of a network must be of the same samples.
///
/// # Panics
///
/// If they differ in number.
#[track_caller]
pub fn same_batch_at_both_ends(loss: &str, first: &Tensor<4>, last: &Tensor<4>) {
    let (first, last) = (first.dims(), last.dims());
    assert!(
        first[0] == last[0],
        "{loss}: the student's first map has shape {first:?} and its last {last:?}; give both ends of the same samples"
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
pub(super) fn differ(loss: &str, student: &[usize], teacher: &[usize], axis: usize, remedy: &str) -> ! {
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
