//! Everything that can be wrong with the photos.

use std::path::PathBuf;

use thiserror::Error;

/// Why there are no photos.
#[derive(Debug, Error)]
pub enum DataError {
    /// The folder isn't there.
    #[error("the data folder {} does not exist: give --data-dir the folder that holds CIFAR-10", .0.display())]
    MissingFolder(PathBuf),
    /// The folder holds something else.
    #[error(
        "{} holds no CIFAR-10: --data-dir wants the files of the binary version (data_batch_1.bin to data_batch_5.bin and \
         test_batch.bin), or train/ and test/ with a folder of 32 x 32 pictures for each class (airplane, automobile, ...)",
        .0.display()
    )]
    NotCifar(PathBuf),
    /// The folder holds pickles.
    #[error(
        "{} holds the Python version of CIFAR-10, which only Python reads: give --data-dir the binary version \
         (cifar-10-binary.tar.gz of the same site)",
        .0.display()
    )]
    Python(PathBuf),
    /// A file cannot be read.
    #[error("cannot read {}: {source}; fetch the file again or check its permissions", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that is no whole number of records.
    #[error(
        "{} holds {actual} bytes, which is no whole number of records of 3073: it is truncated or damaged, fetch it again",
        .file.display()
    )]
    Length {
        /// The file.
        file: PathBuf,
        /// Bytes found.
        actual: usize,
    },
    /// A label that isn't a class.
    #[error(
        "{} gives image {row} the label {label}, and labels go from 0 to 9: it is damaged, or it is CIFAR-100",
        .file.display()
    )]
    Label {
        /// The file.
        file: PathBuf,
        /// The image, counted from 0.
        row: usize,
        /// Its label.
        label: u8,
    },
    /// A folder of pictures cannot be used.
    #[error("cannot read the pictures in {}: {reason}", .folder.display())]
    Pictures {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Burn could neither read its copy nor fetch one.
    #[error(
        "burn-dataset could not supply CIFAR-10: {0}; it needs a network connection once, or --data-dir with a folder that \
         holds CIFAR-10 (if a download broke off, first delete the folder cifar10 in burn-dataset's cache)"
    )]
    Download(String),
    /// Fewer images than wanted.
    #[error("{wanted} training images are wanted besides {validation} to validate with, and there are {there}")]
    TooFew {
        /// To train on.
        wanted: usize,
        /// To validate with.
        validation: usize,
        /// There are.
        there: usize,
    },
}
