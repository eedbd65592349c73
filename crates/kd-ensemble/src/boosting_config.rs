use burn::config::Config;
use kd_core::{Error, check};

use crate::Boosting;

/// Configuration of [`Boosting`].
#[derive(Config, Debug)]
pub struct BoostingConfig {
    /// n: how many samples there are. At least 1.
    pub samples: usize,
    /// K: how many classes there are. At least 2.
    pub classes: usize,
    /// The least error that a member is taken to have, which bounds its vote. Above 0, below ½.
    #[config(default = "1e-10")]
    pub least_error: f64,
}

impl BoostingConfig {
    /// Starts, with the same weight for each sample.
    ///
    /// # Panics
    ///
    /// If a value is outside its range.
    #[track_caller]
    pub fn init(&self) -> Boosting {
        kd_core::check::must(self.try_init())
    }

    /// The same, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a value is outside its range.
    pub fn try_init(&self) -> Result<Boosting, Error> {
        const NAME: &str = "BoostingConfig";
        check::count(NAME, "samples", self.samples)?;
        check::several(NAME, "classes", self.classes)?;
        check::least_error(NAME, self.least_error)?;
        Ok(Boosting::start(self))
    }
}
