//! Where the digits come from: this program, a folder, or burn's cache.

use std::path::PathBuf;

use burn_dataset::Dataset;
use burn_dataset::vision::MnistDataset;
use serde::Serialize;
use thiserror::Error;

use crate::caught::caught;
use crate::digits::Digits;
use crate::idx::{self, IdxFile};
use crate::idx_error::IdxError;
use crate::mnist_folder::{Split, read_folder};

macro_rules! embedded {
    ($name:literal) => {
        IdxFile::new($name, include_bytes!(concat!("../mnist/data/", $name)))
    };
}

/// Which digits are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A folder with four IDX files; without one, MNIST.
    pub folder: Option<PathBuf>,
    /// All of MNIST, and not the subset that comes with the example.
    pub all: bool,
    /// At most so many training images, and so many test images.
    pub at_most: Option<usize>,
    /// Training images, the last of them, to be tested on instead of the test images.
    pub holdout: usize,
}

/// The digits to train on, those to test on, and where they came from.
pub struct Data {
    /// Training images.
    pub train: Digits,
    /// Test images.
    pub test: Digits,
    /// Where they came from, in words.
    pub source: Source,
}

/// Where the digits came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// In words.
    pub name: String,
    /// Training images used.
    pub train: usize,
    /// Images tested on.
    pub test: usize,
    /// Whether these are training images that were held out.
    pub held_out: bool,
}

/// Why there are no digits.
#[derive(Debug, Error)]
pub enum DataError {
    /// A file or folder is not as it should be.
    #[error(transparent)]
    Idx(#[from] IdxError),
    /// Burn could neither read its copy of MNIST nor fetch one.
    #[error(
        "burn-dataset could not supply MNIST: {0}; --full needs a network connection once, or --data-dir with a folder \
         that holds MNIST's four files (if a download broke off, first delete the folder mnist in burn-dataset's cache)"
    )]
    Download(String),
    /// More images held out than there are.
    #[error("--holdout {count} leaves nothing to train on: there are {train} training images")]
    Holdout {
        /// Images to hold out.
        count: usize,
        /// Images there are.
        train: usize,
    },
}

/// Loads what is wanted.
///
/// # Errors
///
/// [`DataError`] when it isn't there or isn't in MNIST's format.
pub fn load(wanted: &Wanted) -> Result<Data, DataError> {
    let (name, train, test) = match &wanted.folder {
        Some(root) => {
            let read = |split| read_folder(root, split);
            (root.display().to_string(), read(Split::Train)?, read(Split::Test)?)
        }
        None if wanted.all => (
            "burn-dataset's MNIST".to_string(),
            fetched(Split::Train)?,
            fetched(Split::Test)?,
        ),
        None => {
            let train = idx::read(
                embedded!("train-images-idx3-ubyte.gz")?,
                embedded!("train-labels-idx1-ubyte.gz")?,
            )?;
            let test = idx::read(
                embedded!("t10k-images-idx3-ubyte.gz")?,
                embedded!("t10k-labels-idx1-ubyte.gz")?,
            )?;
            (
                "the subset of MNIST that comes with the example".to_string(),
                train,
                test,
            )
        }
    };
    let (train, test) = match wanted.at_most {
        Some(count) => (first(train, count), first(test, count)),
        None => (train, test),
    };
    let (train, test) = hold_out(train, test, wanted.holdout)?;
    let source = Source {
        name,
        train: train.len(),
        test: test.len(),
        held_out: wanted.holdout > 0,
    };
    Ok(Data { train, test, source })
}

fn first(digits: Digits, count: usize) -> Digits {
    digits.split_at(count.min(digits.len())).0
}

fn hold_out(train: Digits, test: Digits, count: usize) -> Result<(Digits, Digits), DataError> {
    match count {
        0 => Ok((train, test)),
        _ if count >= train.len() => Err(DataError::Holdout {
            count,
            train: train.len(),
        }),
        _ => Ok(train.split_at(train.len() - count)),
    }
}

/// From burn's cache, which it fills from the network when it is empty.
fn fetched(split: Split) -> Result<Digits, DataError> {
    let dataset = caught(|| match split {
        Split::Train => MnistDataset::train(),
        Split::Test => MnistDataset::test(),
    });
    let dataset = dataset.map_err(DataError::Download)?;

    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for row in 0..dataset.len() {
        let item = dataset
            .get(row)
            .map_err(|error| DataError::Download(error.to_string()))?;
        pixels.extend(item.image.iter().flatten().map(|pixel| *pixel as u8));
        labels.push(item.label);
    }
    if let Some(row) = labels.iter().position(|label| *label > 9) {
        let file = format!("burn-dataset's {split:?} labels");
        return Err(IdxError::Label {
            file,
            row,
            label: labels[row],
        }
        .into());
    }
    Ok(Digits::new(pixels, labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_out(holdout: usize) -> Result<Data, DataError> {
        load(&Wanted {
            holdout,
            ..Wanted::default()
        })
    }

    #[test]
    fn the_subset_is_what_its_readme_says() {
        let data = held_out(0).unwrap();
        assert_eq!((data.train.len(), data.test.len()), (12_000, 10_000));
        let threes = data.test.labels().iter().filter(|label| **label == 3).count();
        assert_eq!(threes, 1010);
        assert!((0..10).all(|digit| data.train.labels().contains(&digit)));
    }

    #[test]
    fn held_out_images_are_the_last_to_train_on() {
        let (all, held) = (held_out(0).unwrap(), held_out(2000).unwrap());
        assert_eq!(
            (held.train.len(), held.test.len(), held.source.held_out),
            (10_000, 2000, true)
        );
        assert_eq!(held.test, all.train.split_at(10_000).1);
        let message = held_out(12_000).err().expect("an error").to_string();
        assert!(message.contains("--holdout 12000 leaves nothing"), "{message}");
    }

    #[test]
    fn no_more_than_wanted() {
        let wanted = Wanted {
            at_most: Some(1000),
            ..Wanted::default()
        };
        let source = load(&wanted).unwrap().source;
        assert_eq!((source.train, source.test, source.held_out), (1000, 1000, false));
    }

    #[test]
    fn a_missing_folder_is_named() {
        let wanted = Wanted {
            folder: Some("/no/such/folder".into()),
            all: true,
            ..Wanted::default()
        };
        let message = load(&wanted).err().expect("an error").to_string();
        assert!(
            message.contains("/no/such/folder") && message.contains("--data-dir"),
            "{message}"
        );
    }
}
