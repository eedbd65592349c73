use std::{
    fs::{File, TryLockError},
    path::Path,
};

use kd_core::Error;

/// The file whose lock says that somebody writes.
const FILE: &str = "lock";

/// That somebody writes, until it is dropped. The system drops it even for a process that is killed.
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file would do, but for processes that are just being started: until one runs, it has a copy of it.
        let _ = self.0.unlock();
    }
}

/// Holds the lock, unless somebody else does.
pub(crate) fn hold(folder: &Path) -> Result<Lock, Error> {
    let path = folder.join(FILE);
    let lock = File::options().create(true).append(true).open(&path);
    let lock = lock.and_then(|file| match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    });
    match lock {
        Ok(Some(file)) => Ok(Lock(file)),
        Ok(None) => Err(Error::InUse { path }),
        Err(source) => Err(Error::Write { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_the_file_holds_nothing_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let lock = hold(folder.path()).unwrap();
        assert!(matches!(hold(folder.path()), Err(Error::InUse { .. })));
        // What a process has that is just being started.
        let _copy = lock.0.try_clone().unwrap();
        drop(lock);
        assert!(hold(folder.path()).is_ok());
    }
}
