//! Ctrl-C: the first asks for a stop at the next step, the second stops at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

/// Work was left unfinished because someone asked for it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("interrupted")]
pub struct Interrupted;

/// A flag that work looks at between two steps.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

/// Exit status of a program that Ctrl-C ended, by the shell's convention.
pub const INTERRUPTED_STATUS: u8 = 130;

impl Interrupt {
    /// A flag that Ctrl-C raises. A second Ctrl-C ends the program at once.
    ///
    /// # Errors
    ///
    /// What the system says when the handler cannot be set, or one is set already.
    pub fn on_ctrl_c() -> Result<Self, ctrlc::Error> {
        let interrupt = Self::default();
        let flag = interrupt.clone();
        ctrlc::set_handler(move || {
            if flag.0.swap(true, Ordering::SeqCst) {
                std::process::exit(INTERRUPTED_STATUS.into());
            }
            eprintln!("\nStopping after this step; what is finished will be kept. Ctrl-C again quits at once.");
        })?;
        Ok(interrupt)
    }

    /// Raises the flag.
    pub fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether the flag is up.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Ends the work with an error when the flag is up.
    ///
    /// # Errors
    ///
    /// [`Interrupted`] when it is.
    pub fn check(&self) -> Result<(), Interrupted> {
        if self.is_raised() { Err(Interrupted) } else { Ok(()) }
    }
}
