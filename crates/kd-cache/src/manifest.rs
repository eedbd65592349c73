use std::{fs, path::Path};

use kd_core::{Error, write_whole};
use serde::{Deserialize, Serialize};

use crate::{CacheKey, Floats, dtype::Dtype, form::Form};

/// Its name in the folder.
pub(crate) const FILE: &str = "manifest.json";
/// What it says it is.
const FORMAT: &str = "kd-cache";
/// The latest version of the format, and the one that is written.
const VERSION: u64 = 1;

/// What a cache's folder holds: its table of contents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    format: String,
    version: u64,
    pub key: CacheKey,
    /// What there is of each sample. Empty until there is one.
    pub columns: Form,
    pub shards: Vec<ShardEntry>,
}

/// What the manifest knows of a shard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShardEntry {
    pub file: String,
    pub samples: usize,
    pub bytes: u64,
    /// Of the whole file.
    pub crc32: u32,
    /// Of the bytes of its ids, which are read when the cache is opened.
    pub ids_crc32: u32,
}

/// As much as every version has.
#[derive(Deserialize)]
struct Versioned {
    format: String,
    version: u64,
}

impl Manifest {
    pub fn new(key: CacheKey) -> Self {
        Self {
            format: FORMAT.into(),
            version: VERSION,
            key,
            columns: Form::default(),
            shards: Vec::new(),
        }
    }

    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let json = fs::read(&path).map_err(|source| Error::Read {
            path: path.clone(),
            source,
        })?;
        let damaged = |reason: String| Error::Damaged {
            path: path.clone(),
            reason,
            remedy: "Put back a copy of it, or empty the folder and record anew",
        };
        let invalid = |error: serde_json::Error| damaged(format!("it is no manifest of a cache, {error}"));
        let Versioned { format, version } = serde_json::from_slice(&json).map_err(invalid)?;
        if format != FORMAT {
            return Err(damaged(format!("its format is {format:?} and not {FORMAT:?}")));
        }
        if version > VERSION {
            return Err(Error::NewerVersion {
                path,
                found: version,
                known: VERSION,
            });
        }
        if version == 0 {
            return Err(damaged("there is no version 0 of its format".into()));
        }
        let manifest: Self = serde_json::from_slice(&json).map_err(invalid)?;
        match manifest.shards.iter().find(|shard| !is_plain(&shard.file)) {
            Some(shard) => Err(damaged(format!("{:?} is no name of a file in its folder", shard.file))),
            None => Ok(manifest),
        }
    }

    /// It must have been written under this key.
    pub fn check_key(&self, folder: &Path, key: &CacheKey) -> Result<(), Error> {
        if self.key == *key {
            return Ok(());
        }
        Err(Error::OtherKey {
            path: folder.to_owned(),
            expected: key.to_string(),
            found: self.key.to_string(),
        })
    }

    /// Its floats must be kept in this type, if it has any yet.
    pub fn check_floats(&self, folder: &Path, floats: Floats) -> Result<(), Error> {
        if self.columns.keeps_floats_in(floats) {
            return Ok(());
        }
        Err(Error::OtherForm {
            path: folder.to_owned(),
            expected: format!("floats in {}", Dtype::of_floats(floats).name()),
            found: self.columns.to_string(),
            remedy: "ask for the type that it has, record anew in another folder, or read it with `Cache::open`",
        })
    }

    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let mut json = serde_json::to_vec_pretty(self).expect("names and numbers are JSON");
        json.push(b'\n');
        write_whole(folder.join(FILE), |temporary| fs::write(temporary, &json))
    }
}

/// A name, and no way out of the folder.
fn is_plain(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|file| file == name)
}
