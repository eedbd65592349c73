//! Everything that can end the program early.

use kd_examples::data::DataError;
use kd_examples::device::DeviceError;
use kd_examples::interrupt::Interrupted;
use kd_examples::picture::DrawError;
use kd_examples::whole_file::WriteError;
use thiserror::Error;

/// What went wrong, in words for whoever sits before the terminal.
#[derive(Debug, Error)]
pub enum Failure {
    /// Ctrl-C.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// No digits.
    #[error(transparent)]
    Data(#[from] DataError),
    /// No device.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// No file.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// No picture.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// No Ctrl-C.
    #[error("cannot listen for Ctrl-C: {0}")]
    CtrlC(#[from] ctrlc::Error),
}
