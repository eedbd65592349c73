use std::{
    fs::{self, Permissions},
    io,
    path::Path,
};

use crate::Error;

/// Writes a file whole or not at all: whoever reads `path` finds what was there before or what `write` wrote, and never half
/// of it.
///
/// `write` is given another path in the same folder; what is there when it returns then takes the place of `path`. It is
/// synchronised to the disk before, and so is the folder afterwards, so that a power cut changes nothing. Missing folders are made.
/// A file that was there before hands its permissions on, and where `path` is a link to a file, the file is replaced and the link
/// stays. A link that leads nowhere is replaced itself.
///
/// What a process leaves behind that is killed meanwhile is for [`remove_unfinished`].
///
/// # Errors
///
/// [`Error::Write`], which names `path`, if the system refuses or `write` fails; what was there before still is. (Unless it is the
/// folder that fails while it is synchronised, last of all: then the new file is there, and may be gone after a power cut.)
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("today/notes.txt");
/// kd_core::write_whole(&path, |temporary| std::fs::write(temporary, "all of it"))?;
/// assert_eq!(std::fs::read_to_string(&path)?, "all of it");
/// # Ok(())
/// # }
/// ```
pub fn write_whole(path: impl AsRef<Path>, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), Error> {
    let path = path.as_ref();
    replace(path, write).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// Removes the files in `folder` that [`write_whole`] began and whose process was killed before it had finished.
///
/// Only for a folder in which nobody else writes: what is being written would be lost.
///
/// # Errors
///
/// [`Error::Write`], which names `folder`, if the system refuses.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// kd_core::write_whole(folder.join("notes.txt"), |temporary| std::fs::write(temporary, "all of it"))?;
/// kd_core::remove_unfinished(folder)?;
/// assert!(folder.join("notes.txt").exists());
/// # Ok(())
/// # }
/// ```
pub fn remove_unfinished(folder: impl AsRef<Path>) -> Result<(), Error> {
    let folder = folder.as_ref();
    let remove = || {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    };
    remove().map_err(|source| Error::Write {
        path: folder.to_owned(),
        source,
    })
}

/// How files begin that are being written.
const UNFINISHED: &str = ".unfinished-";

fn replace(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    // The file that a link leads to, in whose folder there is a place beside it.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(path).ok().filter(fs::Metadata::is_file);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    if let Some(permissions) = like_any_other() {
        builder.permissions(permissions);
    }
    let place = builder.tempfile_in(folder)?.into_temp_path();
    let permissions = before.map_or_else(|| fs::metadata(&place), Ok)?.permissions();
    write(&place)?;
    // Before it takes the other's place, lest a power cut leave a name without content.
    fs::OpenOptions::new().write(true).open(&place)?.sync_all()?;
    // What writes may have put a temporary file of its own there, which is its owner's alone, as safetensors does.
    fs::set_permissions(&place, permissions)?;
    place.persist(path).map_err(|error| error.error)?;
    // The new name is the folder's contents. Elsewhere folders cannot be opened, and the system sees to it.
    #[cfg(unix)]
    match fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot, and a folder may be one's to write and not to read. The file is in its place all the same.
        Err(error) if is_refused(error.kind()) => {}
        synchronised => synchronised?,
    }
    Ok(())
}

#[cfg(unix)]
fn is_refused(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    matches!(kind, InvalidInput | PermissionDenied | Unsupported)
}

/// A temporary file is its owner's alone; this one is to become a file like any other.
fn like_any_other() -> Option<Permissions> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Some(Permissions::from_mode(0o666))
    }
    #[cfg(not(unix))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_file_is_replaced_and_nothing_is_left_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.svg");
        for content in ["old", "new"] {
            write_whole(&path, |temporary| fs::write(temporary, content)).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_fails_half_way_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.svg");
        fs::write(&path, "old").unwrap();
        let error = write_whole(&path, |temporary| {
            fs::write(temporary, "ne")?;
            Err(io::Error::new(io::ErrorKind::StorageFull, "no space left"))
        });
        let error = error.unwrap_err().to_string();
        assert!(error.contains("a.svg") && error.contains("no space left"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn missing_folders_are_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs/1/a.svg");
        write_whole(&path, |temporary| fs::write(temporary, "new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "no folder").unwrap();
        let error = write_whole(folder.path().join("file/a.svg"), |_| Ok(()));
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("file/a.svg") && error.contains("cannot write"),
            "{error}"
        );
    }

    /// A process that is killed while it writes runs nothing any more that could tidy up.
    #[test]
    fn what_was_broken_off_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        write_whole(folder.path().join("a"), |temporary| {
            let left = temporary.with_file_name(format!("{}2", temporary.file_name().unwrap().display()));
            fs::write(left, "ne")?;
            fs::write(temporary, "new")
        })
        .unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        remove_unfinished(folder.path()).unwrap();
        let left = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), ["a"]);
        let error = remove_unfinished(folder.path().join("none")).unwrap_err().to_string();
        assert!(error.contains("none"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let [path, plain] = ["a", "b"].map(|name| folder.path().join(name));
        write_whole(&path, |temporary| fs::write(temporary, "a")).unwrap();
        fs::write(&plain, "b").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&plain));

        let replaced = folder.path().join("c");
        write_whole(&replaced, |temporary| {
            let own = tempfile::NamedTempFile::new_in(folder.path())?;
            own.persist(temporary).map(drop).map_err(|error| error.error)
        })
        .unwrap();
        assert_eq!(mode(&replaced), mode(&plain));
    }

    #[cfg(unix)]
    #[test]
    fn the_old_files_permissions_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        // More than a umask leaves, less than it, and nobody's to write.
        for mode in [0o666, 0o600, 0o440] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            write_whole(&path, |temporary| fs::write(temporary, "new")).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [elsewhere, link] = ["elsewhere", "link"].map(|name| folder.path().join(name));
        fs::create_dir(&elsewhere).unwrap();
        let file = elsewhere.join("a");
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write_whole(&link, |temporary| fs::write(temporary, "new")).unwrap();
        assert_eq!(fs::read_link(&link).unwrap(), file);
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
    }
}
