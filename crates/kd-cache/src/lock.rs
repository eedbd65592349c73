use std::{
    fs::{File, TryLockError},
    path::Path,
};

use kd_core::Error;

/// The file whose lock says that somebody writes.
const FILE: &str = "lock";

/// Holds the lock until the file is closed, which the system does even for a process that is killed.
pub(crate) fn hold(folder: &Path) -> Result<File, Error> {
    let path = folder.join(FILE);
    let lock = File::options().create(true).append(true).open(&path);
    let lock = lock.and_then(|file| match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    });
    match lock {
        Ok(Some(file)) => Ok(file),
        Ok(None) => Err(Error::InUse { path }),
        Err(source) => Err(Error::Write { path, source }),
    }
}
