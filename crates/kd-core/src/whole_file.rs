use std::{
    fs::{self, Permissions},
    io,
    path::Path,
};

use crate::Error;

/// Writes a file whole or not at all: whoever reads `path` finds what was there before or what `write` wrote, and never half
/// of it.
///
/// `write` is given another path in the same folder; what is there when it returns then takes the place of `path`. A file that was
/// there before hands its permissions on, and where `path` is a link to a file, the file is replaced and the link stays. A link
/// that leads nowhere is replaced itself.
///
/// # Errors
///
/// [`Error::Write`], which names `path`, if the system refuses or `write` fails; what was there before still is.
///
/// # Example
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("notes.txt");
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

fn replace(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    // The file that a link leads to, in whose folder there is a place beside it.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(path).ok().filter(fs::Metadata::is_file);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    if let Some(permissions) = like_any_other() {
        builder.permissions(permissions);
    }
    let place = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?.into_temp_path();
    write(&place)?;
    // Before it takes the other's place, lest a power cut leave a name without content.
    fs::OpenOptions::new().write(true).open(&place)?.sync_all()?;
    if let Some(before) = before {
        fs::set_permissions(&place, before.permissions())?;
    }
    place.persist(path).map_err(|error| error.error)
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
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_whole(folder.path().join("none/a.svg"), |_| Ok(()));
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("none/a.svg") && error.contains("cannot write"),
            "{error}"
        );
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
