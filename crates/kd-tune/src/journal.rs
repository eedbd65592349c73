use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use kd_core::{Error, FileLock};

use crate::{Tuned, file, finished::Place, outline::Outline};

/// A search's file, written whole after every trial: what has ended is on disk, whatever becomes of the rest.
pub(crate) struct Journal {
    path: PathBuf,
    tuned: Tuned,
    _lock: FileLock,
}

impl Journal {
    /// Begins a journal, or goes on with one of the same search.
    pub fn open(path: &Path, outline: Outline) -> Result<Self, Error> {
        // Beside the file itself: by a link and by its name it is one journal, and has one lock.
        let mut lock = fs::canonicalize(path)
            .unwrap_or_else(|_| path.to_owned())
            .into_os_string();
        lock.push(".lock");
        let lock = FileLock::hold(PathBuf::from(lock))?;
        let tuned = match file::read(path) {
            Err(Error::Read { source, .. }) if source.kind() == ErrorKind::NotFound => {
                let tuned = Tuned::new(outline.clone());
                // A place that cannot be written to shows now, and not after the first trial.
                tuned.save(path)?;
                tuned
            }
            tuned => tuned?,
        };
        if tuned.outline != outline {
            return Err(Error::OtherSearch {
                path: path.to_owned(),
                expected: outline.to_string(),
                found: tuned.outline.to_string(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            tuned,
            _lock: lock,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn tuned(&self) -> &Tuned {
        &self.tuned
    }

    pub fn into_tuned(self) -> Tuned {
        self.tuned
    }

    /// Adds a trial that has ended.
    pub fn add(&mut self, place: Place, score: Option<f64>) -> Result<(), Error> {
        self.tuned.add(place, score);
        self.tuned.save(&self.path)
    }
}
