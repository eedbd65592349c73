//! Files of named arrays, in the layout of safetensors: the length of a header as eight bytes, the header as JSON, the bytes
//! of the arrays. So what is remembered can be opened with other tools as well.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Write},
    path::Path,
};

use kd_core::Error;
use serde::{Deserialize, Serialize};

/// An array to be written.
pub(crate) struct Array<'a> {
    pub name: &'static str,
    /// As safetensors calls it: `F32`, `BOOL`, `U64` and so on.
    pub dtype: &'static str,
    pub shape: Vec<usize>,
    /// Row-major, little-endian.
    pub bytes: &'a [u8],
}

#[derive(Serialize, Deserialize)]
struct Header {
    #[serde(rename = "__metadata__")]
    about: BTreeMap<String, String>,
    #[serde(flatten)]
    arrays: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// What a file holds.
pub(crate) struct Contents {
    about: BTreeMap<String, String>,
    arrays: BTreeMap<String, (Entry, Vec<u8>)>,
}

/// Writes the arrays, and what is to be known about them. Whoever reads the file finds the old one or the new, and never
/// half of one.
pub(crate) fn save(path: &Path, about: &[(&str, String)], arrays: &[Array]) -> Result<(), Error> {
    write(path, about, arrays).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// By way of a temporary file in the same folder, which then takes the other's place.
fn write(path: &Path, about: &[(&str, String)], arrays: &[Array]) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    // Temporary files are their owner's alone; this one is to become a file like any other.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    let header = header(about, arrays);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    for array in arrays {
        file.write_all(array.bytes)?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn header(about: &[(&str, String)], arrays: &[Array]) -> Vec<u8> {
    let mut end = 0;
    let entries = arrays.iter().map(|array| {
        let start = end;
        end += array.bytes.len();
        let entry = Entry {
            dtype: array.dtype.into(),
            shape: array.shape.clone(),
            data_offsets: [start, end],
        };
        (array.name.into(), entry)
    });
    let header = Header {
        arrays: entries.collect(),
        about: about
            .iter()
            .map(|(key, value)| ((*key).into(), value.clone()))
            .collect(),
    };
    let mut json = serde_json::to_vec(&header).expect("names and numbers are JSON");
    // Arrays begin at a multiple of eight bytes, as the format asks.
    json.resize(json.len().next_multiple_of(8), b' ');
    json
}

/// Reads what [`save`] wrote; `expected` names it in messages.
pub(crate) fn load(path: &Path, expected: &'static str) -> Result<Contents, Error> {
    match read(path) {
        Ok(Ok(contents)) => Ok(contents),
        Ok(Err(reason)) => Err(invalid(path, expected, reason)),
        Err(source) => Err(Error::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// A file that is not what it should be.
pub(crate) fn invalid(path: &Path, expected: &'static str, reason: String) -> Error {
    Error::Config {
        path: path.to_owned(),
        expected,
        reason,
    }
}

fn read(path: &Path) -> std::io::Result<Result<Contents, String>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut bytes = [0; 8];
    if length < 8 {
        return Ok(Err("it is too short to hold anything".into()));
    }
    file.read_exact(&mut bytes)?;
    let of_header = u64::from_le_bytes(bytes);
    if of_header > length - 8 {
        return Ok(Err("it does not begin as a file of arrays does".into()));
    }
    let mut json = vec![0; of_header as usize];
    file.read_exact(&mut json)?;
    let Header { about, arrays } = match serde_json::from_slice(&json) {
        Ok(header) => header,
        Err(error) => return Ok(Err(error.to_string())),
    };

    let mut entries: Vec<(String, Entry)> = arrays.into_iter().collect();
    entries.sort_by_key(|(_, entry)| entry.data_offsets);
    let mut end = 0;
    for (name, entry) in &entries {
        let [from, to] = entry.data_offsets;
        if from != end || to < from {
            return Ok(Err(format!(
                "the array '{name}' does not begin where the one before it ends"
            )));
        }
        end = to;
    }
    if end as u64 != length - 8 - of_header {
        let found = length - 8 - of_header;
        return Ok(Err(format!(
            "its arrays have {end} bytes and it holds {found}; is it whole?"
        )));
    }
    let mut arrays = BTreeMap::new();
    for (name, entry) in entries {
        let mut bytes = vec![0; entry.data_offsets[1] - entry.data_offsets[0]];
        file.read_exact(&mut bytes)?;
        arrays.insert(name, (entry, bytes));
    }
    Ok(Ok(Contents { about, arrays }))
}

impl Contents {
    /// What is to be known under this name.
    pub fn about(&self, key: &str) -> Result<&str, String> {
        let value = self.about.get(key).map(String::as_str);
        value.ok_or_else(|| format!("it does not say what its '{key}' is"))
    }

    /// Type and shape of the array of this name, if there is one.
    pub fn entry(&self, name: &str) -> Option<(&str, &[usize])> {
        let (entry, _) = self.arrays.get(name)?;
        Some((&entry.dtype, &entry.shape))
    }

    /// The bytes of the array of this name, which must be of this type and shape.
    pub fn take_as(&mut self, name: &str, dtype: &str, shape: &[usize], size: usize) -> Result<Vec<u8>, String> {
        let (entry, bytes) = self.arrays.remove(name).ok_or(format!("it has no array '{name}'"))?;
        let (of_type, of_shape) = (entry.dtype, entry.shape);
        if (of_type.as_str(), of_shape.as_slice()) != (dtype, shape) {
            return Err(format!(
                "'{name}' is {of_type} of shape {of_shape:?}, and not {dtype} of shape {shape:?}"
            ));
        }
        // Sizes from a file can be of any number.
        let expected = shape.iter().try_fold(size, |bytes, &axis| bytes.checked_mul(axis));
        if Some(bytes.len()) != expected {
            return Err(format!("'{name}' has {} bytes, which its shape does not", bytes.len()));
        }
        Ok(bytes)
    }
}
