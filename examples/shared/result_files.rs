//! Where an example's results go: a file in its folder, and another one if asked.

use std::fs;
use std::path::{Path, PathBuf};

use kd::{Error, write_whole};
use serde_json::Value;

use crate::writable::check_writable;

/// The files, every one of them with the same contents.
pub struct ResultFiles(Vec<PathBuf>);

impl ResultFiles {
    /// `results.json` in the folder, and `another`.
    pub fn new(folder: &Path, another: Option<PathBuf>) -> Self {
        Self(std::iter::once(folder.join("results.json")).chain(another).collect())
    }

    /// Finds out whether the files can be written, before hours of work.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when one of them cannot.
    pub fn check_writable(&self) -> Result<(), Error> {
        self.0.iter().try_for_each(|file| check_writable(file))
    }

    /// Writes the files, each whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when the system refuses.
    pub fn write(&self, results: &Value) -> Result<(), Error> {
        let json = serde_json::to_string_pretty(results).expect("a value is JSON");
        self.0
            .iter()
            .try_for_each(|file| write_whole(file, |temporary| fs::write(temporary, &json)))
    }
}
