//! What a diagnosis is made from.

use super::{count, temperature, valid};
use crate::Error;

/// There must be as many classes as were said.
///
/// # Panics
///
/// If there are not.
#[track_caller]
pub fn said_classes(owner: &str, classes: usize, said: usize) {
    assert!(
        classes == said,
        "{owner}: the logits have {classes} classes, and {said} were said at first; diagnose one task at a time"
    );
}

/// Temperatures must be finite, above 0 and rising, and there must be one.
///
/// # Errors
///
/// [`Error::InvalidValue`] with the first that is not.
pub fn temperatures(owner: &'static str, temperatures: &[f64]) -> Result<(), Error> {
    count(owner, "the number of temperatures", temperatures.len())?;
    temperatures.iter().try_for_each(|&value| temperature(owner, value))?;
    match temperatures.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => valid(false, owner, "temperature", pair[1], "above the one before it"),
        None => Ok(()),
    }
}

/// A share of a distribution that is asked for must be above 0 and no more than 1.
///
/// # Panics
///
/// If it is not.
#[track_caller]
pub fn mass_share(owner: &str, mass: f64) {
    assert!(
        mass > 0.0 && mass <= 1.0,
        "{owner}: the mass is {mass}, but must be above 0 and at most 1 (0.1 is usual)"
    );
}

/// The terms, by name and weight, must be the same in every batch and in every pass.
///
/// # Panics
///
/// If they are not.
#[track_caller]
pub fn one_schedule(owner: &str, known: &[(String, f64)], found: &[(String, f64)]) {
    assert!(
        known == found,
        "{owner}: the terms and weights were {known:?} and now are {found:?}; diagnose one step of a schedule at a time"
    );
}

/// Something must learn from the terms.
///
/// # Panics
///
/// If no parameter requires a gradient, or no term leads to any.
#[track_caller]
pub fn learns(owner: &str, parameters: usize, tracked: bool) {
    assert!(
        parameters > 0,
        "{owner}: no parameter of the module requires a gradient; give the student as it is trained, and not after `valid()` or \
         `no_grad()`"
    );
    assert!(
        tracked,
        "{owner}: no term is on an autodiff graph; make the student on a device of `autodiff()`, and look whether its output was \
         detached"
    );
}
