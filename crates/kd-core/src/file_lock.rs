use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use crate::Error;

/// That somebody writes, until it is dropped: a lock on a file, which the system drops even for a process that is killed.
///
/// The file has no contents, and stays when the lock has gone.
///
/// # Example
///
/// ```
/// use kd_core::{Error, FileLock};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("lock");
/// let lock = FileLock::hold(&path)?;
/// assert!(matches!(FileLock::hold(&path), Err(Error::InUse { .. })));
/// drop(lock);
/// FileLock::hold(&path)?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct FileLock(File);

impl FileLock {
    /// Holds the lock on `path`, unless somebody else does. Missing folders are made, and so is the file.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] if somebody else holds it. [`Error::Write`] if the system refuses.
    pub fn hold(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let made = folder.map_or(Ok(()), fs::create_dir_all);
        let lock = made.and_then(|()| File::options().create(true).append(true).open(&path));
        let lock = lock.and_then(|file| match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        });
        match lock {
            Ok(Some(file)) => Ok(Self(file)),
            Ok(None) => Err(Error::InUse { path }),
            Err(source) => Err(Error::Write { path, source }),
        }
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing the file would do, but for processes that are just being started: until one runs, it has a copy of it.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_the_file_holds_nothing_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/lock");
        let lock = FileLock::hold(&path).unwrap();
        assert!(matches!(FileLock::hold(&path), Err(Error::InUse { .. })));
        // What a process has that is just being started.
        let _copy = lock.0.try_clone().unwrap();
        drop(lock);
        assert!(FileLock::hold(&path).is_ok());
    }
}
