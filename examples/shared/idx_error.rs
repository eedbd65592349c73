//! Everything that can be wrong with an IDX file.

use std::path::PathBuf;

use thiserror::Error;

use crate::digits::SIDE;

/// Why a pair of IDX files cannot be used.
#[derive(Debug, Error)]
pub enum IdxError {
    /// The folder isn't there.
    #[error("the data folder {} does not exist: give --data-dir the folder that holds the four MNIST files", .0.display())]
    MissingFolder(PathBuf),
    /// A file isn't there.
    #[error(
        "{name} is missing: looked for {name} and {name}.gz in {} and in its folder {folder}/; \
         put the file there or give another --data-dir",
        .root.display()
    )]
    MissingFile {
        /// The file's standard name.
        name: &'static str,
        /// The folder that was searched.
        root: PathBuf,
        /// The folder in it that was searched too.
        folder: &'static str,
    },
    /// A file cannot be read or unpacked.
    #[error("cannot read {file}: {source}; fetch the file again or check its permissions")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file begins with the wrong magic number.
    #[error("{file} begins with the magic number {actual:#010x} where {expected:#010x} is expected: {hint}")]
    Magic {
        /// The file.
        file: String,
        /// The number that belongs there.
        expected: u32,
        /// The number found.
        actual: u32,
        /// What it may be instead.
        hint: &'static str,
    },
    /// A file is shorter or longer than its header says.
    #[error(
        "{file} holds {actual} bytes where its header announces {expected}: it is truncated or damaged, fetch it again"
    )]
    Length {
        /// The file.
        file: String,
        /// Bytes announced, header included.
        expected: u64,
        /// Bytes found.
        actual: u64,
    },
    /// Images of another size.
    #[error(
        "{file} holds images of {height} x {width} pixels, and this example needs {SIDE} x {SIDE}: give it MNIST's own files"
    )]
    ImageSize {
        /// The file.
        file: String,
        /// Rows found.
        height: u32,
        /// Columns found.
        width: u32,
    },
    /// Not one label per image.
    #[error("{images_file} holds {images} images and {labels_file} {labels} labels: they belong to different sets")]
    Count {
        /// The file of images.
        images_file: String,
        /// The file of labels.
        labels_file: String,
        /// Images found.
        images: usize,
        /// Labels found.
        labels: usize,
    },
    /// A label that isn't a digit.
    #[error(
        "{file} gives image {row} the label {label}, and labels go from 0 to 9: the file is damaged, fetch it again"
    )]
    Label {
        /// The file.
        file: String,
        /// The image, counted from 0.
        row: usize,
        /// Its label.
        label: u8,
    },
    /// No images at all.
    #[error("{0} holds no images: give it MNIST's own files")]
    Empty(String),
}
