//! What lies in a folder and cannot be gone on with.

use std::path::PathBuf;

use thiserror::Error;

/// A folder, or a file in it, that cannot be gone on with.
#[derive(Debug, Error)]
pub enum Unusable {
    /// A state that cannot be written down.
    #[error("cannot write down the state of the training: {reason}")]
    State {
        /// What Burn says.
        reason: String,
    },
    /// A checkpoint that is not whole.
    #[error("{} is damaged: {reason}; remove its folder to begin this training anew", .path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Work that was begun otherwise.
    #[error(
        "{} is of other work: {found}, and asked for is {wanted}; give the options it was begun with, another folder, or remove \
         this one",
        .path.display()
    )]
    OtherPlan {
        /// The file.
        path: PathBuf,
        /// What was done.
        found: String,
        /// What is to be done.
        wanted: String,
    },
    /// A network that tells other classes.
    #[error(
        "{} tells the classes {}, and the texts are of {wanted}; give the texts it was taught",
        .path.display(),
        if found.is_empty() { "of nothing" } else { found }
    )]
    OtherClasses {
        /// The network's folder.
        path: PathBuf,
        /// What it tells.
        found: String,
        /// What is asked.
        wanted: String,
    },
}
