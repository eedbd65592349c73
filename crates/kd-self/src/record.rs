//! A network's parameters as a file: whole, or not at all.

use std::{fs, io::Write, path::Path};

use burn::{
    module::Module,
    store::{ModuleRecord, RecordError},
    tensor::Bytes,
};
use kd_core::Error;

/// Writes the parameters of `module`. Whoever reads the file finds the old ones or the new ones.
pub(crate) fn save<M: Module>(module: M, path: &Path) -> Result<(), Error> {
    let bytes = module.into_record().into_bytes().map_err(std::io::Error::other);
    bytes
        .and_then(|bytes| write_whole(path, &bytes))
        .map_err(|source| Error::Write {
            path: path.to_owned(),
            source,
        })
}

/// `module` with the parameters that [`save`] wrote.
///
/// Running statistics are shared among the clones of a module, and loading writes into them: give one that shares nothing,
/// such as `valid()` or `train()` make, where an error must leave the original as it was.
pub(crate) fn load<M: Module>(module: M, path: &Path) -> Result<M, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(bytes)).map_err(|error| Error::Config {
        path: path.to_owned(),
        expected: "record of a network",
        reason: error.to_string(),
    })?;
    let loaded = module.try_load_record(record.cast_to_module_dtype());
    loaded.map_err(|error| Error::OtherNetwork {
        path: path.to_owned(),
        reason: match error {
            RecordError::Io(reason) | RecordError::Validation(reason) => reason,
        },
    })
}

/// By way of a temporary file in the same folder, which then takes the other's place.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    // Temporary files are their owner's alone; this one is to become a file like any other.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
