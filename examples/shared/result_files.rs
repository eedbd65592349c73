//! Where an example's results go: a file in its folder, and another one if asked.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::whole_file::{self, WriteError};

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
    /// [`WriteError`] when one of them cannot.
    pub fn check_writable(&self) -> Result<(), WriteError> {
        self.0.iter().try_for_each(|file| whole_file::check_writable(file))
    }

    /// Writes the files, each whole or not at all.
    ///
    /// # Errors
    ///
    /// [`WriteError`] when the system refuses.
    pub fn write(&self, results: &Value) -> Result<(), WriteError> {
        let json = serde_json::to_string_pretty(results).expect("a value is JSON");
        self.0
            .iter()
            .try_for_each(|file| whole_file::write(file, json.as_bytes()))
    }
}
