use std::{collections::HashSet, fmt, fs, io, path::Path};

use burn::config::Config;
use kd_core::{Error, FileLock, check, remove_unfinished, write_whole};

use crate::{
    Cache, CacheKey, Columns, Floats, Record,
    form::Form,
    manifest::Manifest,
    pending::Pending,
    shard::{self, Shard},
};

/// The file whose lock says that somebody writes.
const LOCK: &str = "lock";

/// How a cache is written; [`open`](Self::open) begins or goes on.
#[derive(Config, Debug)]
pub struct CacheWriterConfig {
    /// How many samples are one file: they wait in main memory until there are as many, and are what a crash can cost.
    #[config(default = 4096)]
    pub shard_samples: usize,
    /// The type that floats are kept in. A cache that is there already must have the same.
    #[config(default = "Floats::F32")]
    pub floats: Floats,
}

impl CacheWriterConfig {
    /// Begins a cache in `folder`, which is made if there is none, or goes on with the one that is there.
    ///
    /// A shard that is missing is taken out of the manifest, so that its samples can be recorded again.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] if somebody else is writing there, [`Error::OtherKey`] if it holds a cache of another key,
    /// [`Error::OtherForm`] if its floats are of another type than [`floats`](Self::floats), [`Error::InvalidValue`] for shards of 0
    /// samples, those of [`Cache::open`], and [`Error::Write`].
    pub fn open(&self, folder: impl AsRef<Path>, key: &CacheKey) -> Result<CacheWriter, Error> {
        check::count("CacheWriterConfig", "shard_samples", self.shard_samples)?;
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(|source| Error::Write {
            path: folder.to_owned(),
            source,
        })?;
        let lock = FileLock::hold(folder.join(LOCK))?;
        remove_unfinished(folder)?;
        let mut manifest = match Manifest::read(folder) {
            Err(Error::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                let manifest = Manifest::new(key.clone());
                manifest.write(folder)?;
                manifest
            }
            manifest => manifest?,
        };
        manifest.check_key(folder, key)?;
        manifest.check_floats(folder, self.floats)?;
        let known: HashSet<String> = manifest.shards.iter().map(|entry| entry.file.clone()).collect();
        manifest.shards.retain(|entry| !is_missing(&folder.join(&entry.file)));
        if manifest.shards.len() < known.len() {
            manifest.write(folder)?;
        }
        Ok(CacheWriter {
            cache: Cache::of(folder, key, &manifest)?,
            config: self.clone(),
            manifest,
            known,
            pending: Pending::default(),
            _lock: lock,
        })
    }
}

/// Whether it is certain that there is no such file.
fn is_missing(path: &Path) -> bool {
    path.try_exists().is_ok_and(|exists| !exists)
}

/// Writes a teacher's outputs by sample; made by [`CacheWriterConfig::open`].
///
/// Samples come in any order and in batches of any size. Whenever there are enough for a shard, it is written to the disk, and
/// then the manifest that names it; each is there whole or not at all. Whatever ends the program, [`Cache::open`] finds every
/// shard that was written until then, and a new writer goes on from there.
///
/// [`finish`](Self::finish) writes what fills no shard. Dropping the writer does so too, but cannot say whether it worked.
///
/// # Example
///
/// ```
/// use burn::tensor::{Distribution, Tensor};
/// use kd_cache::{CacheKey, CacheWriterConfig, Floats};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let device = burn::tensor::Device::flex();
/// # let folder = std::env::temp_dir().join(format!("kd-cache-doc-writer-{}", std::process::id()));
/// # let _ = std::fs::remove_dir_all(&folder);
/// let key = CacheKey::new("sha256:0c5e", "mnist train, by index", "logits");
/// let config = CacheWriterConfig::new().with_floats(Floats::F16);
/// let mut writer = config.open(&folder, &key)?;
/// for first in [0, 32, 64] {
///     let ids: Vec<u64> = (first..first + 32).filter(|&id| !writer.contains(id)).collect();
///     if !ids.is_empty() {
///         let logits = Tensor::<2>::random([ids.len(), 10], Distribution::Default, &device); // the teacher's
///         writer.append(&ids, logits)?;
///     }
/// }
/// assert_eq!(writer.finish()?.len(), 96);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
pub struct CacheWriter {
    cache: Cache,
    config: CacheWriterConfig,
    manifest: Manifest,
    /// Files that the manifest named when it was opened, whose names are not given again.
    known: HashSet<String>,
    pending: Pending,
    _lock: FileLock,
}

impl CacheWriter {
    /// Records a batch: one id for each of its samples.
    ///
    /// # Errors
    ///
    /// [`Error::SampleTwice`] if one of them is there already, [`Error::OtherForm`] if the cache holds something else of its
    /// samples, [`Error::Unteachable`] for NaN and +∞ (−∞ rules a class out and is recorded), and [`Error::OutOfReach`] for a number
    /// that [`Floats`] does not reach; then none is recorded.
    ///
    /// [`Error::Write`] if a shard cannot be written, as when the disk is full. Then the samples are recorded and wait in main
    /// memory, the shards that were written stay, and the next call tries again.
    ///
    /// # Panics
    ///
    /// If there are no samples, or there is not one id for each.
    #[track_caller]
    pub fn append<O: Record>(&mut self, ids: &[u64], outputs: O) -> Result<(), Error> {
        let rows = outputs.rows();
        check::sample_ids("CacheWriter::append", ids, rows);
        self.append_columns(ids, &outputs.off_graph().write(Columns::new(rows)))
    }

    pub(crate) fn append_columns(&mut self, ids: &[u64], columns: &Columns) -> Result<(), Error> {
        assert!(
            !columns.columns.is_empty(),
            "CacheWriter::append: there is nothing to record; `Record::write` adds a column for each output"
        );
        let mut new = HashSet::new();
        if let Some(&id) = ids.iter().find(|&&id| self.contains(id) || !new.insert(id)) {
            let path = self.cache.folder().to_owned();
            return Err(Error::SampleTwice { path, id });
        }
        let form = Form::of(columns, self.config.floats);
        if !self.cache.form.columns.is_empty() && form != self.cache.form {
            return Err(Error::OtherForm {
                path: self.cache.folder().to_owned(),
                expected: form.to_string(),
                found: self.cache.form.to_string(),
                remedy: "record the same of every sample, or choose another folder",
            });
        }
        self.pending.add(ids, columns, &form)?;
        self.cache.form = form;
        while self.pending.ids.len() >= self.config.shard_samples {
            self.write_shard(self.config.shard_samples)?;
        }
        Ok(())
    }

    /// Whether this sample is recorded, be it on disk or on its way there.
    pub fn contains(&self, id: u64) -> bool {
        self.cache.contains(id) || self.pending.place(id).is_some()
    }

    /// How many samples are recorded, be it on disk or on their way there.
    pub fn len(&self) -> usize {
        self.cache.len() + self.pending.ids.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key it records under.
    pub fn key(&self) -> &CacheKey {
        self.cache.key()
    }

    /// Writes all that waits, also where it fills no shard.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]; what could not be written goes on waiting.
    pub fn flush(&mut self) -> Result<(), Error> {
        while !self.pending.ids.is_empty() {
            self.write_shard(self.pending.ids.len().min(self.config.shard_samples))?;
        }
        Ok(())
    }

    /// Writes all that waits, and opens the cache for reading.
    ///
    /// # Errors
    ///
    /// Those of [`flush`](Self::flush) and of [`Cache::open`]. What could not be written is lost then; to be able to make room and
    /// try again, call `flush` before.
    pub fn finish(mut self) -> Result<Cache, Error> {
        self.flush()?;
        Cache::open(self.cache.folder(), self.cache.key())
    }

    /// The cache as far as it is on disk.
    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// What is recorded of these samples, wherever it is.
    pub(crate) fn columns(&self, ids: &[u64]) -> Result<Columns, Error> {
        let row = |&id| match self.pending.place(id) {
            Some(row) => Ok((&self.pending as _, row)),
            None => self.cache.row(id)?.ok_or_else(|| self.cache.missing(id)),
        };
        let chosen = ids.iter().map(row).collect::<Result<Vec<_>, Error>>()?;
        Ok(self.cache.form.gather(&chosen))
    }

    /// First the shard, then the manifest that names it: in between it is a file that nobody knows.
    fn write_shard(&mut self, samples: usize) -> Result<(), Error> {
        let (folder, form) = (self.cache.folder().to_owned(), &self.cache.form);
        let (bytes, entry) = shard::encode(self.free_name(), &self.pending.first(samples, form), form);
        write_whole(folder.join(&entry.file), |temporary| fs::write(temporary, &bytes))?;
        let mut manifest = self.manifest.clone();
        manifest.columns = form.clone();
        manifest.shards.push(entry.clone());
        let shard = Shard::open(&folder, &entry, form)?;
        manifest.write(&folder)?;
        self.manifest = manifest;
        self.pending.drop_first(samples, &self.cache.form);
        self.cache
            .add(shard)
            .map_err(|id| Error::SampleTwice { path: folder, id })
    }

    fn free_name(&self) -> String {
        let is_taken =
            |name: &String| self.known.contains(name) || self.manifest.shards.iter().any(|entry| entry.file == *name);
        let mut names = (self.manifest.shards.len()..).map(|number| format!("shard-{number:05}.safetensors"));
        names.find(|name| !is_taken(name)).expect("there is no last number")
    }
}

impl Drop for CacheWriter {
    fn drop(&mut self) {
        // Who wants to know whether it worked calls `finish`.
        let _ = self.flush();
    }
}

impl fmt::Debug for CacheWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheWriter")
            .field("cache", &self.cache)
            .field("pending", &self.pending.ids.len())
            .finish_non_exhaustive()
    }
}
