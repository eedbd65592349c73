//! Tests that draw, one after the other.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held by a test that draws or trains: a backend's random numbers are the whole process's, so tests beside one another would
/// take them from one another, and no seed would be a seed.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
