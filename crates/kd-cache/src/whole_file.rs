use std::{fs, io::Write, path::Path};

use kd_core::Error;

/// How files begin that are being written; what is left of such was broken off.
const UNFINISHED: &str = ".unfinished-";

/// Writes a file that is there whole or not at all, whatever happens: beside its place, to the disk, and then into its place.
pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    try_write(folder, name, bytes).map_err(|source| Error::Write {
        path: folder.join(name),
        source,
    })
}

fn try_write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    // Temporary files are their owner's alone; this one is to become a file like any other.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name)).map_err(|error| error.error)?;
    // The new name is the folder's contents. Elsewhere folders cannot be opened, and the system sees to it.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Removes what writers left behind that were killed.
pub(crate) fn remove_unfinished(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
