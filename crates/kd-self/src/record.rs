//! A network's parameters as a file: whole, or not at all.

use std::{fs, io, path::Path};

use burn::{
    module::Module,
    store::{ModuleRecord, RecordError},
    tensor::Bytes,
};
use kd_core::{Error, write_whole};

/// Writes the parameters of `module`. Whoever reads the file finds the old ones or the new ones.
pub(crate) fn save<M: Module>(module: M, path: &Path) -> Result<(), Error> {
    write_whole(path, |temporary| {
        let bytes = module.into_record().into_bytes().map_err(io::Error::other)?;
        fs::write(temporary, &*bytes)
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
