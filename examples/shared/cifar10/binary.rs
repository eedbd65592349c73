//! CIFAR-10 as its authors publish it for C: records of a label and 3072 bytes.

use std::fs;
use std::path::{Path, PathBuf};

use super::data_error::DataError;
use super::photos::{BYTES, CLASSES, Photos};

/// The folder that the archive unpacks to.
const FOLDER: &str = "cifar-10-batches-bin";
/// The files with the training images.
pub const TRAIN: [&str; 5] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
];
/// The file with the test images.
pub const TEST: [&str; 1] = ["test_batch.bin"];

/// Where below `root` the files are, if they are: in it, or in the folder that the archive unpacks to.
pub fn find(root: &Path) -> Option<PathBuf> {
    let folders = [root.to_path_buf(), root.join(FOLDER)];
    folders.into_iter().find(|folder| folder.join(TRAIN[0]).is_file())
}

/// Reads files of a folder, one after the other.
///
/// # Errors
///
/// [`DataError`] when one is missing, cut off or no such file.
pub fn read(folder: &Path, files: &[&str]) -> Result<Photos, DataError> {
    let mut photos = Photos::default();
    for file in files {
        let file = folder.join(file);
        let bytes = fs::read(&file).map_err(|source| DataError::Read {
            file: file.clone(),
            source,
        })?;
        if bytes.is_empty() || !bytes.len().is_multiple_of(1 + BYTES) {
            return Err(DataError::Length {
                file,
                actual: bytes.len(),
            });
        }
        for (row, record) in bytes.chunks_exact(1 + BYTES).enumerate() {
            let label = record[0];
            if usize::from(label) >= CLASSES {
                return Err(DataError::Label { file, row, label });
            }
            photos.push(&record[1..], label);
        }
    }
    Ok(photos)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, file: &str, records: &[(u8, u8)]) {
        fs::create_dir_all(folder).unwrap();
        let bytes: Vec<u8> = records
            .iter()
            .flat_map(|(label, byte)| [vec![*label], vec![*byte; BYTES]].concat())
            .collect();
        fs::write(folder.join(file), bytes).unwrap();
    }

    #[test]
    fn records_of_all_files_in_order() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER);
        assert_eq!(find(root.path()), None);
        write(&folder, TRAIN[0], &[(3, 30), (9, 90)]);
        write(&folder, TRAIN[1], &[(0, 1)]);
        assert_eq!(find(root.path()), Some(folder.clone()));
        assert_eq!(find(&folder), Some(folder.clone()));
        let photos = read(&folder, &TRAIN[..2]).unwrap();
        assert_eq!(photos.labels(), [3, 9, 0]);
        assert_eq!((photos.image(1)[0], photos.image(2)[BYTES - 1]), (90, 1));
    }

    #[test]
    fn damage_is_named_with_its_file() {
        let root = tempfile::tempdir().unwrap();
        let message = |file| read(root.path(), &[file]).unwrap_err().to_string();
        assert!(message("missing.bin").contains("missing.bin"));
        fs::write(root.path().join("cut.bin"), [0; 3000]).unwrap();
        assert!(message("cut.bin").contains("cut.bin") && message("cut.bin").contains("3073"));
        write(root.path(), "wrong.bin", &[(1, 0), (10, 0)]);
        assert!(
            message("wrong.bin").contains("wrong.bin gives image 1 the label 10"),
            "{}",
            message("wrong.bin")
        );
    }
}
