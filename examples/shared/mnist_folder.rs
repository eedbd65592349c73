//! MNIST's four files in a folder, under their standard names.

use std::path::Path;

use crate::digits::Digits;
use crate::idx::{IdxFile, read};
use crate::idx_error::IdxError;

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
        let mut paths = folders
            .iter()
            .flat_map(|folder| [folder.join(name), folder.join(format!("{name}.gz"))]);
        let missing = || IdxError::MissingFile {
            name,
            root: root.to_path_buf(),
            folder: split.folder(),
        };
        IdxFile::open(&paths.find(|path| path.is_file()).ok_or_else(missing)?)
    };
    let [images, labels] = split.names().map(open);
    read(images?, labels?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Writes one black image with this label.
    fn write(folder: &Path, [images, labels]: [&str; 2], label: u8) {
        fs::create_dir_all(folder).unwrap();
        let header = [0x0803u32, 1, 28, 28].map(u32::to_be_bytes).concat();
        fs::write(folder.join(images), [header, vec![0; 784]].concat()).unwrap();
        fs::write(
            folder.join(labels),
            [0x0801u32.to_be_bytes(), 1u32.to_be_bytes()]
                .concat()
                .into_iter()
                .chain([label])
                .collect::<Vec<_>>(),
        )
        .unwrap();
    }

    #[test]
    fn finds_files_flat_or_in_folders() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), Split::Train.names(), 1);
        write(&root.path().join("test"), Split::Test.names(), 2);
        assert_eq!(read_folder(root.path(), Split::Train).unwrap().labels(), [1]);
        assert_eq!(read_folder(root.path(), Split::Test).unwrap().labels(), [2]);
    }

    #[test]
    fn a_missing_folder_or_file_is_named_with_the_remedy() {
        let root = tempfile::tempdir().unwrap();
        let missing = root.path().join("nowhere");
        let message = read_folder(&missing, Split::Train).unwrap_err().to_string();
        assert!(
            message.contains("nowhere") && message.contains("--data-dir"),
            "{message}"
        );
        let message = read_folder(root.path(), Split::Test).unwrap_err().to_string();
        for part in [
            "t10k-images-idx3-ubyte.gz",
            "test/",
            "--data-dir",
            root.path().to_str().unwrap(),
        ] {
            assert!(message.contains(part), "{part} is missing in {message}");
        }
    }
}
