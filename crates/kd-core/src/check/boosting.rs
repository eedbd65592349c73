//! What members of a boosted ensemble must be, and their votes.

use super::{at_least_one, valid};
use crate::Error;

/// The least error of a member must be above 0, where a vote would be infinite, and below ½.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn least_error(owner: &'static str, value: f64) -> Result<(), Error> {
    // Below the smallest ordinary number its inverse is infinite.
    let holds = (f64::MIN_POSITIVE..0.5).contains(&value);
    valid(
        holds,
        owner,
        "least_error",
        value,
        "above 0 and below 0.5 (1e-10 is usual)",
    )
}

/// A member must be right more often than who guesses among `classes`, by more than rounding.
///
/// # Errors
///
/// [`Error::NoBetterThanChance`] otherwise.
pub fn better_than_chance(owner: &'static str, member: usize, error: f64, classes: usize) -> Result<(), Error> {
    const ROUNDING: f64 = 1e-9;
    if error < 1.0 - 1.0 / classes as f64 - ROUNDING {
        return Ok(());
    }
    Err(Error::NoBetterThanChance {
        owner,
        member,
        error,
        classes,
    })
}

/// Each member must have a vote, finite and at least 0, and not all may be 0.
///
/// # Panics
///
/// If that is not so.
#[track_caller]
pub fn votes(owner: &str, votes: &[f64], members: usize) {
    at_least_one(owner, "members", members);
    assert!(
        votes.len() == members,
        "{owner}: there are {} votes for {members} members; give one for each",
        votes.len()
    );
    let fault = votes
        .iter()
        .enumerate()
        .find(|(_, vote)| !(**vote >= 0.0 && vote.is_finite()));
    if let Some((member, vote)) = fault {
        panic!("{owner}: the vote of member {member} is {vote}, but must be a finite number of at least 0");
    }
    assert!(
        votes.iter().any(|vote| *vote > 0.0),
        "{owner}: all votes are 0, so nothing is decided; give one member at least a vote above 0"
    );
}
