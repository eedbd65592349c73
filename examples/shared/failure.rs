//! Everything that can end an example early.

use std::process::ExitCode;

use thiserror::Error;

use crate::cifar10;
use crate::data::DataError;
use crate::device::DeviceError;
use crate::interrupt::{INTERRUPTED_STATUS, Interrupted};
use crate::picture::DrawError;
use crate::text::text_error::TextError;
use crate::unusable::Unusable;

/// What went wrong, in words for whoever sits before the terminal.
#[derive(Debug, Error)]
pub enum Failure {
    /// Ctrl-C.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// No grey images.
    #[error(transparent)]
    Data(#[from] DataError),
    /// No photos.
    #[error(transparent)]
    Photos(#[from] cifar10::DataError),
    /// No texts.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A folder with something else in it.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// No device.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// No picture.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// No photos in a picture.
    #[error("cannot make a PNG of the photos: {0}")]
    Png(#[from] image::ImageError),
    /// A training that can only end in NaN.
    #[error(
        "{who}: the loss of epoch {epoch} is {loss}, from where there is no way back; what was finished before is kept. Try another \
         number of epochs or another temperature, or name those ways to learn with --ways that do not end so"
    )]
    Diverged {
        /// Who learns.
        who: String,
        /// From 1 on.
        epoch: usize,
        /// What is no number any more.
        loss: f64,
    },
    /// What the library refuses, or the disk.
    #[error(transparent)]
    Library(#[from] kd::Error),
    /// No Ctrl-C.
    #[error("cannot listen for Ctrl-C: {0}")]
    CtrlC(#[from] ctrlc::Error),
}

/// What a program tells the shell, and, where it failed, the user.
pub fn exit_code(finished: Result<(), Failure>) -> ExitCode {
    match finished {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Interrupted(_)) => ExitCode::from(INTERRUPTED_STATUS),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
