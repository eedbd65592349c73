//! Whether a result can be written, before it is there.

use std::fs;
use std::io;
use std::path::Path;

use kd::Error;

/// Finds out now, before hours of work, whether [`kd::write_whole`] can write `path` later. Missing folders are made.
///
/// # Errors
///
/// [`Error::Write`] when it cannot.
pub fn check_writable(path: &Path) -> Result<(), Error> {
    let refused = |source| Error::Write {
        path: path.to_path_buf(),
        source,
    };
    if path.is_dir() {
        return Err(refused(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(refused)?;
    tempfile::NamedTempFile::new_in(folder).map_err(refused)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_written_is_not_begun() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/result.json");
        check_writable(&path).unwrap();
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let message = check_writable(folder.path()).unwrap_err().to_string();
        assert!(message.contains(&folder.path().display().to_string()), "{message}");
    }

    #[test]
    fn a_file_where_a_folder_should_be_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"x").unwrap();
        assert!(check_writable(&file.join("result.json")).is_err());
        assert_eq!(fs::read(&file).unwrap(), b"x");
    }
}
