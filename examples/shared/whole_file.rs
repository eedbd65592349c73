//! Files that are written whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A file cannot be written.
#[derive(Debug, Error)]
#[error("cannot write {}: {source}; choose another place or make room there", .path.display())]
pub struct WriteError {
    path: PathBuf,
    source: io::Error,
}

/// Writes `bytes` to `path` by way of a temporary file beside it, so that whoever reads `path` finds
/// the old content or the new and never a half. Missing folders are made.
///
/// # Errors
///
/// [`WriteError`] when the system refuses; the old content is then still there.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let refused = |source| WriteError {
        path: path.to_path_buf(),
        source,
    };
    let folder = folder_of(path);
    fs::create_dir_all(folder).map_err(refused)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(refused)?;
    file.write_all(bytes).map_err(refused)?;
    readable_by_all(file.as_file()).map_err(refused)?;
    file.persist(path).map_err(|error| refused(error.error))?;
    Ok(())
}

/// Finds out now, before hours of work, whether `path` can be written later.
///
/// # Errors
///
/// [`WriteError`] when it cannot.
pub fn check_writable(path: &Path) -> Result<(), WriteError> {
    let refused = |source| WriteError {
        path: path.to_path_buf(),
        source,
    };
    if path.is_dir() {
        return Err(refused(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
    }
    let folder = folder_of(path);
    fs::create_dir_all(folder).map_err(refused)?;
    tempfile::NamedTempFile::new_in(folder).map_err(refused)?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// A temporary file is its owner's alone; a result is not.
fn readable_by_all(file: &fs::File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_anew_and_over_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/result.json");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let message = check_writable(folder.path()).unwrap_err().to_string();
        assert!(message.contains(&folder.path().display().to_string()), "{message}");
        assert!(write(folder.path(), b"x").is_err());
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
