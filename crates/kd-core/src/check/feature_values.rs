//! The numbers that losses on features are made with.

use super::valid;
use crate::Error;

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

/// What is added to every variance.
pub const VARIANCE_EPSILON: f64 = 1e-5;

/// A variance must be finite and above [`VARIANCE_EPSILON`].
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn variance(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    valid(
        value > VARIANCE_EPSILON && (value as f32).is_finite(),
        owner,
        name,
        value,
        "a finite number above 1e-5, which is added to every variance",
    )
}

/// How many channels a factor has for each of the features must be above 0 and at most 16.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn rate(owner: &'static str, value: f64) -> Result<(), Error> {
    valid(
        value > 0.0 && value <= 16.0,
        owner,
        "rate",
        value,
        "above 0 and at most 16 (0.5 is usual, half the teacher's channels)",
    )
}
