use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

use crate::digits;

/// One number that is to be tuned: its name, and the values to try.
///
/// [`temperature`](Self::temperature), [`alpha`](Self::alpha) and [`weight`](Self::weight) know which values make sense;
/// [`new`](Self::new) takes any name and any numbers. Values are kept to 15 digits, which a file keeps too.
///
/// # Example
///
/// ```
/// use kd_tune::Axis;
///
/// let temperature = Axis::temperature([1.0, 2.0, 4.0, 8.0])?;
/// assert_eq!((temperature.name(), temperature.values().len()), ("temperature", 4));
/// let error = Axis::temperature([4.0, 0.0]).unwrap_err().to_string();
/// assert!(error.starts_with("Axis: temperature is 0, but must be a finite number above 0"));
/// # Ok::<(), kd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    name: String,
    #[serde(deserialize_with = "digits::many")]
    values: Vec<f64>,
}

impl Axis {
    /// Of any name and any values.
    ///
    /// # Errors
    ///
    /// [`Error::Grid`] if the name is empty, there are no values, one of them is not a finite number, or comes twice.
    pub fn new(name: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Result<Self, Error> {
        let axis = Self {
            name: name.into(),
            values: values.into_iter().map(digits::kept).collect(),
        };
        axis.check()?;
        Ok(axis)
    }

    /// Of temperatures, by the name of `temperature`.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new), and [`Error::InvalidValue`] if one is not a temperature.
    pub fn temperature(values: impl IntoIterator<Item = f64>) -> Result<Self, Error> {
        Self::of("temperature", values, |value| check::temperature("Axis", value))
    }

    /// Of shares of the soft loss, by the name of `alpha`.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new), and [`Error::InvalidValue`] if one is not in `[0, 1]`.
    pub fn alpha(values: impl IntoIterator<Item = f64>) -> Result<Self, Error> {
        Self::of("alpha", values, |value| check::alpha("Axis", value))
    }

    /// Of weights of a part of the loss.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new), and [`Error::InvalidValue`] if one is below 0.
    pub fn weight(name: &'static str, values: impl IntoIterator<Item = f64>) -> Result<Self, Error> {
        Self::of(name, values, |value| check::weight("Axis", name, value))
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The values to try, in the order in which they were given.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    fn of(
        name: &str,
        values: impl IntoIterator<Item = f64>,
        check: impl Fn(f64) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let axis = Self::new(name, values)?;
        axis.values.iter().try_for_each(|&value| check(value))?;
        Ok(axis)
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |reason: String| {
            let place = format!("axis '{}'", self.name);
            Err(Error::Grid { place, reason })
        };
        if self.name.is_empty() {
            return wrong("has no name; call it what the loss calls it".into());
        }
        if self.values.is_empty() {
            return wrong("has no values; give at least one".into());
        }
        for (place, value) in self.values.iter().enumerate() {
            if !value.is_finite() {
                return wrong(format!("has the value {value}; give finite numbers"));
            }
            if self.values[..place].contains(value) {
                return wrong(format!(
                    "has the value {value} twice; give each once, and several seeds to the search"
                ));
            }
        }
        Ok(())
    }
}
