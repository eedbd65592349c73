//! Where the photos come from: a folder, or burn's cache.

use std::path::Path;

use burn_dataset::vision::{CifarDataset, CifarType};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::Serialize;

use super::data_error::DataError;
use super::photos::Photos;
use super::{binary, pictures_folder};
use crate::caught::caught;

/// How many images are used for what.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Amounts {
    /// To learn from; all that are left when not given.
    pub train: Option<usize>,
    /// Training images held out: to align layers with, and to try settings on.
    pub validation: usize,
    /// To be tested on; all when not given.
    pub test: Option<usize>,
}

/// Photos for every purpose, and where they came from.
pub struct Data {
    /// To learn from.
    pub train: Photos,
    /// Training images that nothing learns from: to align layers with, and to try settings on.
    pub validation: Photos,
    /// To be tested on, once, in the end.
    pub test: Photos,
    /// Where they came from.
    pub source: Source,
}

/// Where the photos came from, and how many they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// In words.
    pub name: String,
    /// Training images used.
    pub train: usize,
    /// Training images held out.
    pub validation: usize,
    /// Images tested on.
    pub test: usize,
    /// Whether these are the validation images.
    pub validated: bool,
}

/// Loads photos from `folder`, or by burn-dataset, and chooses as many as wanted by chance, the same in every run.
/// `validate` tests on the validation images.
///
/// # Errors
///
/// [`DataError`] when they aren't there, aren't CIFAR-10 or are too few.
pub fn load(folder: Option<&Path>, amounts: Amounts, validate: bool) -> Result<Data, DataError> {
    let (name, train, test) = match folder {
        Some(root) => {
            let (train, test) = read_folder(root)?;
            (root.display().to_string(), train, test)
        }
        None => {
            let (train, test) = fetched()?;
            ("burn-dataset's CIFAR-10".to_string(), train, test)
        }
    };
    let [train_rows, test_rows] = [&train, &test].map(|photos| shuffled(photos.len()));
    let wanted = amounts.train.unwrap_or(train.len().saturating_sub(amounts.validation));
    if wanted == 0 || wanted + amounts.validation > train.len() {
        return Err(DataError::TooFew {
            wanted: wanted.max(1),
            validation: amounts.validation,
            there: train.len(),
        });
    }
    let (held_out, others) = train_rows.split_at(amounts.validation);
    let validation = train.select(held_out);
    let train = train.select(&others[..wanted]);
    let test = match (validate, amounts.test) {
        (true, _) => validation.clone(),
        (_, Some(count)) => test.select(&test_rows[..count.min(test.len())]),
        _ => test,
    };
    let source = Source {
        name,
        train: train.len(),
        validation: validation.len(),
        test: test.len(),
        validated: validate,
    };
    Ok(Data {
        train,
        validation,
        test,
        source,
    })
}

/// Rows in an order of chance that never changes: pictures come sorted by class.
fn shuffled(count: usize) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..count).collect();
    rows.shuffle(&mut StdRng::seed_from_u64(0));
    rows
}

fn read_folder(root: &Path) -> Result<(Photos, Photos), DataError> {
    if !root.is_dir() {
        return Err(DataError::MissingFolder(root.to_path_buf()));
    }
    if let Some(folder) = binary::find(root) {
        return Ok((
            binary::read(&folder, &binary::TRAIN)?,
            binary::read(&folder, &binary::TEST)?,
        ));
    }
    let [train, test] = ["train", "test"].map(|name| root.join(name));
    if train.is_dir() && test.is_dir() {
        return Ok((pictures_folder::read(&train)?, pictures_folder::read(&test)?));
    }
    let pickles = ["data_batch_1", "cifar-10-batches-py"];
    match pickles.iter().any(|name| root.join(name).exists()) {
        true => Err(DataError::Python(root.to_path_buf())),
        false => Err(DataError::NotCifar(root.to_path_buf())),
    }
}

/// From burn's cache, which it fills from the network when it is empty.
fn fetched() -> Result<(Photos, Photos), DataError> {
    let fetch = || {
        let dataset = CifarDataset::new(CifarType::Cifar10);
        (dataset.train(), dataset.test())
    };
    let (train, test) = caught(fetch).map_err(DataError::Download)?;
    let decode = |dataset| pictures_folder::decode(dataset).map_err(DataError::Download);
    Ok((decode(&train)?, decode(&test)?))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::cifar10::photos::BYTES;

    const FEW: Amounts = Amounts {
        train: Some(6),
        validation: 3,
        test: Some(2),
    };

    /// Two images in each of the six files of the binary version, each of a grey of its own.
    fn folder() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (file, name) in binary::TRAIN.iter().chain(&binary::TEST).enumerate() {
            let record = |at: u8| [vec![at % 10], vec![10 * at; BYTES]].concat();
            let first = 2 * file as u8;
            fs::write(root.path().join(name), [record(first), record(first + 1)].concat()).unwrap();
        }
        root
    }

    fn greys(photos: &Photos) -> Vec<u8> {
        (0..photos.len()).map(|row| photos.image(row)[0]).collect()
    }

    #[test]
    fn no_image_serves_two_purposes() {
        let root = folder();
        let data = load(Some(root.path()), FEW, false).unwrap();
        let [train, validation, test] = [&data.train, &data.validation, &data.test].map(greys);
        assert_eq!((train.len(), validation.len(), test.len()), (6, 3, 2));
        let all: std::collections::BTreeSet<_> = [train, validation].concat().into_iter().collect();
        assert_eq!(all.len(), 9);
        assert!(all.iter().all(|grey| *grey < 100) && test.iter().all(|grey| *grey >= 100));
        assert_eq!(
            greys(&load(Some(root.path()), FEW, false).unwrap().train),
            greys(&data.train)
        );
    }

    #[test]
    fn all_that_is_not_held_out_is_learned_from() {
        let root = folder();
        let amounts = Amounts {
            train: None,
            validation: 1,
            test: None,
        };
        let data = load(Some(root.path()), amounts, true).unwrap();
        assert_eq!((data.source.train, data.source.validation, data.source.test), (9, 1, 1));
        assert_eq!(data.test, data.validation);
        let amounts = Amounts {
            validation: 10,
            ..amounts
        };
        let error = load(Some(root.path()), amounts, false).err().unwrap().to_string();
        assert!(
            error.contains("10 to validate with") && error.contains("there are 10"),
            "{error}"
        );
    }

    #[test]
    fn what_is_no_cifar_is_answered_with_what_would_be() {
        let root = tempfile::tempdir().unwrap();
        let message = |path: &Path| load(Some(path), FEW, false).err().unwrap().to_string();
        assert!(message(&root.path().join("nowhere")).contains("nowhere does not exist"));
        assert!(message(root.path()).contains("data_batch_1.bin"));
        fs::write(root.path().join("data_batch_1"), b"pickle").unwrap();
        assert!(message(root.path()).contains("cifar-10-binary.tar.gz"));
    }
}
