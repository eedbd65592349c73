//! What is made of several networks, or of what they say.

use burn::tensor::Tensor;

use super::valid;
use crate::Error;

/// There must be at least one.
///
/// # Panics
///
/// If `count` is 0; `what` names them in the plural.
#[track_caller]
pub fn at_least_one(owner: &str, what: &str, count: usize) {
    assert!(count > 0, "{owner}: there are no {what}; give at least one");
}

/// All members must have spoken of the same samples and classes.
///
/// # Panics
///
/// If there is no member, or two shapes differ.
#[track_caller]
pub fn same_members(owner: &str, members: &[Tensor<2>]) {
    at_least_one(owner, "members", members.len());
    let first = members[0].dims();
    let other = members.iter().map(Tensor::dims).enumerate();
    if let Some((index, shape)) = other.into_iter().find(|(_, shape)| *shape != first) {
        panic!(
            "{owner}: member 0 has shape {first:?} and member {index} {shape:?}; give all of them the same samples, and \
             let all of them know the same classes"
        );
    }
}

/// A chain cannot have more networks than stages.
///
/// # Panics
///
/// If it has.
#[track_caller]
pub fn no_more_networks(owner: &str, networks: usize, stages: usize) {
    assert!(
        networks <= stages,
        "{owner}: there are {networks} networks for {stages} stages; give those of this chain's first stages"
    );
}

/// A ratio of sizes must be finite and above 1.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn ratio(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    let holds = value > 1.0 && value.is_finite();
    valid(
        holds,
        owner,
        name,
        value,
        "a finite number above 1 (5 is a rule of thumb)",
    )
}

/// A number must not be above another; `expected` says which that is.
///
/// # Errors
///
/// [`Error::InvalidValue`] if `value` is above `most`.
pub fn at_most(
    owner: &'static str,
    name: &'static str,
    value: usize,
    most: usize,
    expected: &'static str,
) -> Result<(), Error> {
    valid(value <= most, owner, name, value as f64, expected)
}

/// Numbers must rise from each to the next.
///
/// # Errors
///
/// [`Error::InvalidValue`] with the first that does not.
pub fn rising(owner: &'static str, name: &'static str, values: &[usize]) -> Result<(), Error> {
    let fallen = values.windows(2).find(|pair| pair[0] >= pair[1]);
    fallen.map_or(Ok(()), |pair| {
        valid(false, owner, name, pair[1] as f64, "above the one before")
    })
}

/// There must be as many members as there were.
///
/// # Panics
///
/// If there are not.
#[track_caller]
pub fn as_many_members(owner: &str, members: usize, expected: usize) {
    assert!(
        members == expected,
        "{owner}: there are {members} members, and it was made for {expected}; give all of them each time, in the same order"
    );
}
