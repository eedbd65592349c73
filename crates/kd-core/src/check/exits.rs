//! What the exits of one network must share.

use super::{count, positive, valid, weight};
use crate::Error;

/// There must be exits.
///
/// # Panics
///
/// If there are none.
#[track_caller]
pub fn exits(owner: &str, exits: usize) {
    assert!(
        exits > 0,
        "{owner}: there are no exits; give what each exit of the network shows, shallow to deep"
    );
}

/// There must be an exit that learns beside the deepest, which teaches.
///
/// # Panics
///
/// If there are no exits, or one alone.
#[track_caller]
pub fn shallower_exits(owner: &str, count: usize) {
    exits(owner, count);
    assert!(
        count > 1,
        "{owner}: there is one exit, and none shallower that it could teach; give two or more, shallow to deep"
    );
}

/// All exits must be of the deepest's shape in their first `axes` axes: in all of them for logits, in the batch's for
/// features.
///
/// # Panics
///
/// If one is not; the message counts exits from 1, the shallowest.
#[track_caller]
pub fn same_exits(owner: &str, shapes: &[Vec<usize>], axes: usize) {
    let Some(deepest) = shapes.last() else { return };
    for (number, shape) in (1..).zip(shapes) {
        if let Some(axis) = (0..axes).find(|&axis| shape.get(axis) != deepest.get(axis)) {
            let remedy = match axis {
                0 => "give all exits the same samples",
                _ => "let all exits decide between the same classes",
            };
            panic!(
                "{owner}: exit {number} has shape {shape:?} and the deepest, exit {}, {deepest:?}; they differ at axis {axis} \
                 and nothing is broadcast: {remedy}",
                shapes.len()
            );
        }
    }
}

/// The features of an exit must be of the deepest's shape once they went through its adapter.
///
/// # Panics
///
/// If they are not; `number` counts exits from 1, the shallowest.
#[track_caller]
pub fn exit_features(owner: &str, number: usize, shape: &[usize], deepest: &[usize]) {
    assert!(
        shape == deepest,
        "{owner}: exit {number} shows features of shape {shape:?} and the deepest {deepest:?}; bring them to the deepest's \
         shape by a bottleneck that is part of the exit, or by an adapter, such as `BottleneckProjector` or `Linear`"
    );
    assert!(
        shape.iter().product::<usize>() > 0,
        "{owner}: features of shape {shape:?} hold no numbers; each axis needs at least 1"
    );
}

/// The features of an exit must be of as many samples as the logits are: a batch of one would be broadcast.
///
/// # Panics
///
/// If they are not; `number` counts exits from 1, the shallowest.
#[track_caller]
pub fn exit_samples(owner: &str, number: usize, shape: &[usize], samples: usize) {
    assert!(
        shape.first() == Some(&samples),
        "{owner}: exit {number} shows features of shape {shape:?}, and logits of {samples} samples; give both of the same \
         samples"
    );
}

/// There must be one of `what` for each of the `exits` that it is for, which `of` names.
///
/// # Panics
///
/// If `count` is another number.
#[track_caller]
pub fn one_per_exit(owner: &str, what: &str, count: usize, of: &str, exits: usize) {
    assert!(
        count == exits,
        "{owner}: there are {count} {what} for {exits} {of}; give one for each, shallow to deep"
    );
}

/// An exit must give a row of logits for each sample that reached it, of the classes that the first exit has.
///
/// # Panics
///
/// If it gives other rows; `number` counts exits from 1, the shallowest.
#[track_caller]
pub fn exit_rows(owner: &str, number: usize, shape: [usize; 2], expected: [usize; 2]) {
    assert!(
        shape == expected,
        "{owner}: exit {number} gives logits of shape {shape:?} where {expected:?} were due; give a row for each sample that is \
         left, in order, with the classes of the first exit"
    );
}

/// The weights of exits must be finite and at least 0.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn exit_weights(owner: &'static str, weights: &[f64]) -> Result<(), Error> {
    weights
        .iter()
        .try_for_each(|&value| weight(owner, "the weight of an exit", value))
}

/// There must be weights of exits, each finite and at least 0.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn some_exit_weights(owner: &'static str, weights: &[f64]) -> Result<(), Error> {
    count(owner, "the number of weights", weights.len())?;
    exit_weights(owner, weights)
}

/// The costs of exits must be finite and above 0.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn exit_costs(owner: &'static str, costs: &[f64]) -> Result<(), Error> {
    costs
        .iter()
        .try_for_each(|&value| positive(owner, "the cost of an exit", value))
}

/// The probability at which a sample leaves must be in (0, 1].
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn exit_threshold(owner: &'static str, value: f64) -> Result<(), Error> {
    let expected = "above 0 and at most 1 (the probability at which a sample leaves; at 1 hardly one leaves early)";
    valid(value > 0.0 && value <= 1.0, owner, "threshold", value, expected)
}
