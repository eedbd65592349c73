//! What an average of weights must be given.

use super::valid;
use crate::{Error, Schedule};

/// Every value of a decay must be in `[0, 1)`: at 1 the average would never move.
///
/// # Errors
///
/// [`Error::InvalidValue`] with the first that is not.
pub fn decay(owner: &'static str, decay: &Schedule) -> Result<(), Error> {
    // No schedule leaves the numbers between its ends.
    let ends = match decay {
        Schedule::Constant(value) => vec![*value],
        Schedule::Linear { from, to, .. } | Schedule::Cosine { from, to, .. } => vec![*from, *to],
        Schedule::WarmUp { then, .. } => return self::decay(owner, then),
    };
    let expected = "in [0, 1) (0 follows the student at once, 0.99 to 0.9999 are usual, 1 would never move)";
    ends.into_iter()
        .try_for_each(|value| valid((0.0..1.0).contains(&value), owner, "decay", value, expected))
}

/// What is averaged must have the parameter at `path`, in the same shape.
///
/// # Panics
///
/// If it has not: `student` is its shape there, if there is anything.
#[track_caller]
pub fn same_parameter(owner: &str, path: &str, average: &[usize], student: Option<&[usize]>) {
    let there = match student {
        Some(shape) if shape == average => return,
        Some(shape) => format!("has shape {shape:?}"),
        None => "is not there".into(),
    };
    panic!(
        "{owner}: '{path}' has shape {average:?} in the average, and in the student it {there}; an average is of one \
         network: make another for another"
    );
}

/// What is averaged must have no parameter that the average lacks.
///
/// # Panics
///
/// If it has the one at `path`.
#[track_caller]
pub fn no_more_parameters(owner: &str, path: Option<&str>) {
    if let Some(path) = path {
        panic!(
            "{owner}: the student has '{path}', which the average lacks; an average is of one network: make another for \
             another"
        );
    }
}
