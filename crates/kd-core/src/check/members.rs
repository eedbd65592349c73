//! What is made of several networks, or of what they say.

use burn::tensor::Tensor;

use super::valid;
use crate::{Error, rows::log_soften};

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
    for (index, member) in members.iter().enumerate() {
        same_member(owner, (0, first), (index, member.dims()));
    }
}

/// Two members, each an index and the shape of what it says, must have spoken of the same samples and classes.
///
/// # Panics
///
/// If the shapes differ.
#[track_caller]
pub fn same_member(owner: &str, first: (usize, [usize; 2]), other: (usize, [usize; 2])) {
    let ((first, expected), (index, shape)) = (first, other);
    assert!(
        shape == expected,
        "{owner}: member {first} has shape {expected:?} and member {index} {shape:?}; give all of them the same samples, \
         and let all of them know the same classes"
    );
}

/// What a member says must be distributions: no NaN, no logit of +∞, no row without any class.
///
/// Looking at them waits for the device.
///
/// # Panics
///
/// If a row is none, naming the member.
#[track_caller]
pub fn distributions(owner: &str, member: usize, logits: &Tensor<2>) {
    let [rows, classes] = logits.dims();
    let log_probs = log_soften(logits.clone().without_autodiff(), 1.0);
    let bad = log_probs.is_nan().int().sum_dim(1).into_data();
    let bad = bad.iter::<i64>().position(|count| count > 0);
    if let Some(row) = bad {
        panic!(
            "{owner}: member {member} says no distribution in row {row} of {rows} over {classes} classes: a logit is NaN \
             or infinite, or all are -inf; look at that member's weights and at its input"
        );
    }
}

/// Weights of members must be numbers of at least 0 that do not sum to 0.
///
/// # Errors
///
/// [`Error::BadMember`] with the first whose weight is negative, NaN or infinite; [`Error::InvalidValue`] if there are none,
/// or their sum is 0 or infinite.
pub fn member_weights(owner: &'static str, weights: &[f64]) -> Result<(), Error> {
    super::count(owner, "weights", weights.len())?;
    let bad = weights
        .iter()
        .position(|weight| !(weight.is_finite() && *weight >= 0.0));
    if let Some(member) = bad {
        let reason = format!(
            "has weight {}, but a weight is a finite number of at least 0 (0 leaves the member out)",
            weights[member]
        );
        return Err(Error::BadMember { owner, member, reason });
    }
    let sum: f64 = weights.iter().sum();
    valid(
        sum > 0.0 && sum.is_finite(),
        owner,
        "the sum of the weights",
        sum,
        "a finite number above 0: give at least one member a weight",
    )
}

/// There must be as many as there are members.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn one_each(owner: &'static str, name: &'static str, value: usize, members: usize) -> Result<(), Error> {
    valid(
        value == members,
        owner,
        name,
        value as f64,
        "one for each member, in their order",
    )
}

/// The most that one of several members may have of a whole must leave room for the whole.
///
/// # Errors
///
/// [`Error::InvalidValue`] if it is not in `[1 / members, 1]`.
pub fn most_of_each(owner: &'static str, name: &'static str, value: f64, members: usize) -> Result<(), Error> {
    // 1/3 of 3 is a little less than 1.
    let enough = value * members as f64 >= 1.0 - 1e-9;
    valid(
        enough && value <= 1.0,
        owner,
        name,
        value,
        "from 1 / members, where all count the same, to 1, where one may count alone",
    )
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

/// Losses that were measured must be finite and at least 0.
///
/// # Errors
///
/// [`Error::InvalidValue`] with the first that is not.
pub fn measured(owner: &'static str, name: &'static str, values: &[f64]) -> Result<(), Error> {
    let holds = |value: f64| value >= 0.0 && value.is_finite();
    let each = |&value: &f64| valid(holds(value), owner, name, value, "a finite number of at least 0");
    values.iter().try_for_each(each)
}

/// What may be harder than what was learnt last must not have to be easier.
///
/// # Errors
///
/// [`Error::InvalidValue`] if `value` is below 1, NaN or infinite.
pub fn at_least_as_hard(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    let expected =
        "a finite number of at least 1: how many times as large as the last anchor's loss the next one's may be";
    valid(value >= 1.0 && value.is_finite(), owner, name, value, expected)
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
