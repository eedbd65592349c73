//! Files of named arrays, as safetensors: what is remembered can be opened with other tools as well.

use std::{collections::HashMap, fs, io, path::Path};

use kd_core::{Error, write_whole};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Where a file says what it holds.
const HOLDS: &str = "holds";

/// An array to be written: its name, its type, its shape, and its bytes, row-major and little-endian.
pub(crate) type Array<'a> = (&'static str, Dtype, Vec<usize>, &'a [u8]);

/// Writes the arrays whole or not at all; `kind` says what they are.
pub(crate) fn save(path: &Path, kind: &'static str, arrays: Vec<Array>) -> Result<(), Error> {
    let views = arrays.into_iter().map(|(name, dtype, shape, bytes)| {
        let view = TensorView::new(dtype, shape, bytes).expect("an array has the bytes of its shape");
        (name, view)
    });
    // One entry alone, for these come in any order, and the same memory is to be the same file.
    let about = HashMap::from([(HOLDS.into(), kind.into())]);
    write_whole(path, |temporary| {
        safetensors::serialize_to_file(views, Some(about), temporary).map_err(io::Error::other)
    })
}

/// Reads what [`save`] wrote as the same kind; `read` makes of it what is wanted, or says why it cannot.
pub(crate) fn load<T>(
    path: &Path,
    kind: &'static str,
    read: impl FnOnce(&Contents) -> Result<T, String>,
) -> Result<T, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    Contents::of(&bytes, kind)
        .and_then(|contents| read(&contents))
        .map_err(|reason| Error::Config {
            path: path.to_owned(),
            expected: kind,
            reason,
        })
}

/// What a file holds.
pub(crate) struct Contents<'a>(SafeTensors<'a>);

impl<'a> Contents<'a> {
    fn of(bytes: &'a [u8], kind: &str) -> Result<Self, String> {
        let torn = |error| format!("it is no whole file of arrays: {error}");
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(torn)?;
        match header.metadata().as_ref().and_then(|about| about.get(HOLDS)) {
            Some(held) if held == kind => Ok(Self(SafeTensors::deserialize(bytes).map_err(torn)?)),
            Some(held) => Err(format!("it holds another thing, a {held}")),
            None => Err("it does not say what it holds".into()),
        }
    }

    /// The array of this name, if there is one.
    pub fn array(&self, name: &str) -> Option<TensorView<'a>> {
        self.0.tensor(name).ok()
    }

    /// The bytes of the array of this name, which must be of this type and shape.
    pub fn bytes(&self, name: &str, dtype: Dtype, shape: &[usize]) -> Result<&'a [u8], String> {
        let array = self.array(name).ok_or_else(|| format!("it has no array '{name}'"))?;
        if (array.dtype(), array.shape()) != (dtype, shape) {
            return Err(format!(
                "'{name}' is {} of shape {:?}, and not {dtype} of shape {shape:?}",
                array.dtype(),
                array.shape()
            ));
        }
        Ok(array.data())
    }
}
