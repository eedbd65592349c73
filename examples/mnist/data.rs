//! Where the digits come from: this program, a folder, or burn's cache.

use burn_dataset::Dataset;
use burn_dataset::vision::MnistDataset;
use kd_examples::caught::caught;
use kd_examples::digits::Digits;
use kd_examples::idx::{self, IdxFile};
use kd_examples::idx_error::IdxError;
use kd_examples::mnist_folder::{Split, read_folder};
use serde::Serialize;
use thiserror::Error;

use crate::options::Options;

macro_rules! embedded {
    ($name:literal) => {
        IdxFile::new($name, include_bytes!(concat!("data/", $name)))
    };
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

/// Loads what the options ask for.
///
/// # Errors
///
/// [`DataError`] when it isn't there or isn't MNIST.
pub fn load(options: &Options) -> Result<Data, DataError> {
    let (name, train, test) = match &options.data_dir {
        Some(root) => {
            let read = |split| read_folder(root, split);
            (root.display().to_string(), read(Split::Train)?, read(Split::Test)?)
        }
        None if options.full => (
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
    let (train, test) = if options.quick {
        (first(train, 1000), first(test, 1000))
    } else {
        (train, test)
    };
    let (train, test) = hold_out(train, test, options.holdout)?;
    let source = Source {
        name,
        train: train.len(),
        test: test.len(),
        held_out: options.holdout > 0,
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
    use clap::Parser;

    use super::*;

    fn load_with(arguments: &[&str]) -> Result<Data, DataError> {
        load(&Options::parse_from([&["mnist"], arguments].concat()))
    }

    fn error(arguments: &[&str]) -> String {
        load_with(arguments).err().expect("an error").to_string()
    }

    #[test]
    fn the_subset_is_what_its_readme_says() {
        let data = load_with(&[]).unwrap();
        assert_eq!((data.train.len(), data.test.len()), (12_000, 10_000));
        let threes = data.test.labels().iter().filter(|label| **label == 3).count();
        assert_eq!(threes, 1010);
        assert!((0..10).all(|digit| data.train.labels().contains(&digit)));
    }

    #[test]
    fn held_out_images_are_the_last_to_train_on() {
        let (all, held) = (load_with(&[]).unwrap(), load_with(&["--holdout", "2000"]).unwrap());
        assert_eq!(
            (held.train.len(), held.test.len(), held.source.held_out),
            (10_000, 2000, true)
        );
        assert_eq!(held.test, all.train.split_at(10_000).1);
        assert!(error(&["--holdout", "12000"]).contains("--holdout 12000 leaves nothing"));
    }

    #[test]
    fn a_missing_folder_is_named() {
        let message = error(&["--full", "--data-dir", "/no/such/folder"]);
        assert!(
            message.contains("/no/such/folder") && message.contains("--data-dir"),
            "{message}"
        );
    }
}
