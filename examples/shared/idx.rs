//! The IDX files of MNIST: raw or gzipped, from a folder or from memory.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use thiserror::Error;

use crate::digits::{CLASSES, Digits, PIXELS, SIDE};

/// First four bytes of a file of images: unsigned bytes in three dimensions.
const IMAGES_MAGIC: u32 = 0x0803;
/// First four bytes of a file of labels: unsigned bytes in one dimension.
const LABELS_MAGIC: u32 = 0x0801;

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
    #[error("{file} holds {actual} bytes where its header announces {expected}: it is truncated or damaged, fetch it again")]
    Length {
        /// The file.
        file: String,
        /// Bytes announced, header included.
        expected: u64,
        /// Bytes found.
        actual: u64,
    },
    /// Images of another size.
    #[error("{file} holds images of {height} x {width} pixels, and this example needs {SIDE} x {SIDE}: give it MNIST's own files")]
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
    #[error("{file} gives image {row} the label {label}, and labels go from 0 to 9: the file is damaged, fetch it again")]
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

/// One of MNIST's two sets of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// The training images.
    Train,
    /// The test images.
    Test,
}

impl Split {
    fn folder(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }

    fn names(self) -> [&'static str; 2] {
        match self {
            Self::Train => ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
            Self::Test => ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
        }
    }
}

/// A file's bytes, as they are or gzipped, with the name that error messages give it.
#[derive(Clone, Debug)]
pub struct IdxFile {
    name: String,
    bytes: Vec<u8>,
}

impl IdxFile {
    /// Takes bytes that are in memory already; unpacks them when they are gzipped.
    ///
    /// # Errors
    ///
    /// [`IdxError::Unreadable`] when the bytes begin like gzip and cannot be unpacked.
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Result<Self, IdxError> {
        let name = name.into();
        let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut unpacked = Vec::new();
            GzDecoder::new(bytes)
                .read_to_end(&mut unpacked)
                .map_err(|source| IdxError::Unreadable { file: name.clone(), source })?;
            unpacked
        } else {
            bytes.to_vec()
        };
        Ok(Self { name, bytes })
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`IdxError::Unreadable`] when it cannot be read or unpacked.
    pub fn open(path: &Path) -> Result<Self, IdxError> {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|source| IdxError::Unreadable { file: name.clone(), source })?;
        Self::new(name, &bytes)
    }

    /// Big-endian number at this place of the header.
    fn number(&self, place: usize) -> Result<u32, IdxError> {
        let bytes = self.bytes.get(place * 4..).and_then(|rest| rest.first_chunk());
        bytes.map(|bytes| u32::from_be_bytes(*bytes)).ok_or_else(|| self.length(place as u64 * 4 + 4))
    }

    fn length(&self, expected: u64) -> IdxError {
        IdxError::Length { file: self.name.clone(), expected, actual: self.bytes.len() as u64 }
    }

    fn expect_magic(&self, expected: u32) -> Result<(), IdxError> {
        let actual = self.number(0)?;
        let hint = match actual {
            IMAGES_MAGIC => "is it the images file?",
            LABELS_MAGIC => "is it the labels file?",
            _ => "it is no IDX file of unsigned bytes",
        };
        if actual == expected { Ok(()) } else { Err(IdxError::Magic { file: self.name.clone(), expected, actual, hint }) }
    }

    /// What follows a header of `header` bytes, which announces `items` items of `item` bytes.
    fn body(self, header: usize, items: u32, item: usize) -> Result<Vec<u8>, IdxError> {
        let expected = header as u64 + u64::from(items) * item as u64;
        if self.bytes.len() as u64 != expected {
            return Err(self.length(expected));
        }
        let mut bytes = self.bytes;
        Ok(bytes.split_off(header))
    }
}

/// Reads one file of images and one of labels.
///
/// # Errors
///
/// Any [`IdxError`] but the missing ones: wrong magic number, wrong length, other image size, other
/// number of labels than images, a label above 9, no images.
pub fn read(images: IdxFile, labels: IdxFile) -> Result<Digits, IdxError> {
    images.expect_magic(IMAGES_MAGIC)?;
    labels.expect_magic(LABELS_MAGIC)?;
    let (height, width) = (images.number(2)?, images.number(3)?);
    if (height, width) != (SIDE as u32, SIDE as u32) {
        return Err(IdxError::ImageSize { file: images.name, height, width });
    }
    let (image_count, label_count) = (images.number(1)?, labels.number(1)?);
    let (images_file, labels_file) = (images.name.clone(), labels.name.clone());
    let pixels = images.body(16, image_count, PIXELS)?;
    let labels = labels.body(8, label_count, 1)?;
    if image_count != label_count {
        let (images, labels) = (image_count as usize, label_count as usize);
        return Err(IdxError::Count { images_file, labels_file, images, labels });
    }
    if labels.is_empty() {
        return Err(IdxError::Empty(images_file));
    }
    if let Some(row) = labels.iter().position(|label| usize::from(*label) >= CLASSES) {
        return Err(IdxError::Label { file: labels_file, row, label: labels[row] });
    }
    Ok(Digits::new(pixels, labels))
}

/// Reads a split from a folder: the two files, raw or `.gz`, in the folder itself or in its `train`
/// or `test` folder.
///
/// # Errors
///
/// Any [`IdxError`].
pub fn read_folder(root: &Path, split: Split) -> Result<Digits, IdxError> {
    if !root.is_dir() {
        return Err(IdxError::MissingFolder(root.to_path_buf()));
    }
    let open = |name: &'static str| {
        let folders = [root.to_path_buf(), root.join(split.folder())];
        let mut paths = folders.iter().flat_map(|folder| [folder.join(name), folder.join(format!("{name}.gz"))]);
        let missing = || IdxError::MissingFile { name, root: root.to_path_buf(), folder: split.folder() };
        IdxFile::open(&paths.find(|path| path.is_file()).ok_or_else(missing)?)
    };
    let [images, labels] = split.names().map(open);
    read(images?, labels?)
}
