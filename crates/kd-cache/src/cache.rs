use std::{
    fmt,
    path::{Path, PathBuf},
};

use burn::tensor::Device;
use kd_core::{Error, check};

use crate::{
    CacheKey, Columns, Record,
    form::{Form, Rows},
    index::{Index, Place},
    manifest::{self, Manifest},
    shard::Shard,
};

/// A teacher's outputs by sample, read from disk as they are asked for.
///
/// The shards are mapped into memory: opening reads the ids, and asking for samples reads these, each in the same time however
/// many there are. Several threads can ask at once.
///
/// # What is checked, and when
///
/// Opening checks the key, the sizes of the shards, their headers, and the checksum of their ids. Before the first sample of
/// a shard is served, the checksum of the whole shard is worked out, which reads it once; [`verify`](Self::verify) does so for
/// all of them. So what is served is what was written, unless somebody changes a file while it is in use: leave the shards
/// of an open cache alone, since cutting a mapped file short ends the program.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_cache::{Cache, CacheKey, CacheWriterConfig};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let device = burn::tensor::Device::flex();
/// # let folder = std::env::temp_dir().join(format!("kd-cache-doc-cache-{}", std::process::id()));
/// # let _ = std::fs::remove_dir_all(&folder);
/// let key = CacheKey::new("sha256:0c5e", "mnist train, by index", "logits");
/// let mut writer = CacheWriterConfig::new().open(&folder, &key)?;
/// writer.append(&[3, 8], Tensor::<2>::from_floats([[1.0, 2.0], [3.0, 4.0]], &device))?;
/// writer.finish()?;
///
/// let cache = Cache::open(&folder, &key)?;
/// let logits: Tensor<2> = cache.get(&[8, 3, 8], &device)?;
/// assert_eq!(logits.into_data().try_to_vec::<f32>()?, [3.0, 4.0, 1.0, 2.0, 3.0, 4.0]);
///
/// let error = cache.get::<Tensor<2>>(&[5], &device).unwrap_err();
/// assert!(error.to_string().contains("holds nothing of sample 5"));
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
pub struct Cache {
    folder: PathBuf,
    key: CacheKey,
    pub(crate) form: Form,
    shards: Vec<Shard>,
    index: Index,
}

impl Cache {
    /// Opens the cache in `folder`, if it was recorded under `key`.
    ///
    /// It holds what was on disk at that moment; what a writer adds later is seen by opening it anew.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if there is no cache, [`Error::OtherKey`] if it was recorded under another key,
    /// [`Error::NewerVersion`] if this version of the library cannot read it, and [`Error::Damaged`], which names the file.
    pub fn open(folder: impl AsRef<Path>, key: &CacheKey) -> Result<Self, Error> {
        let folder = folder.as_ref();
        Self::of(folder, key, &Manifest::read(folder)?)
    }

    pub(crate) fn of(folder: &Path, key: &CacheKey, manifest: &Manifest) -> Result<Self, Error> {
        manifest.check_key(folder, key)?;
        let samples = manifest.shards.iter().map(|entry| entry.samples);
        let samples = samples.fold(0, usize::saturating_add);
        let mut cache = Self {
            folder: folder.to_owned(),
            key: key.clone(),
            form: manifest.columns.clone(),
            shards: Vec::new(),
            index: Index::expecting(samples.min(MANY)),
        };
        for entry in &manifest.shards {
            let shard = Shard::open(folder, entry, &cache.form)?;
            cache.add(shard).map_err(|id| Error::Damaged {
                path: folder.join(manifest::FILE),
                reason: format!("the shard {} has sample {id}, which is in another already", entry.file),
                remedy: "Take one of the two out of the manifest",
            })?;
        }
        Ok(cache)
    }

    /// Takes a shard in, or names a sample of it that is there already.
    pub(crate) fn add(&mut self, shard: Shard) -> Result<(), u64> {
        let number = self.shards.len() as u32;
        for (row, id) in shard.ids().enumerate() {
            let (shard, row) = (number, row as u32);
            if !self.index.insert(id, Place { shard, row }) {
                return Err(id);
            }
        }
        self.shards.push(shard);
        Ok(())
    }

    /// The folder it is in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key it was recorded under.
    pub fn key(&self) -> &CacheKey {
        &self.key
    }

    /// How many samples it has.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it has this one.
    pub fn contains(&self, id: u64) -> bool {
        self.index.get(id).is_some()
    }

    /// The ids of all samples, in no order.
    pub fn ids(&self) -> impl Iterator<Item = u64> {
        self.index.ids()
    }

    /// What was recorded of these samples, in this order; the same sample may come twice.
    ///
    /// # Errors
    ///
    /// [`Error::MissingSample`] for a sample that was not recorded, [`Error::OtherForm`] if something else was recorded than
    /// `O`, and [`Error::Damaged`] for a shard that is not what was written.
    ///
    /// # Panics
    ///
    /// If there are no ids.
    #[track_caller]
    pub fn get<O: Record>(&self, ids: &[u64], device: &Device) -> Result<O, Error> {
        check::not_empty("Cache::get", ids.len());
        self.read(self.columns(ids)?, device)
    }

    /// The same in main memory, for a loader's worker; [`read`](Self::read) makes outputs of it.
    ///
    /// # Errors
    ///
    /// [`Error::MissingSample`] and [`Error::Damaged`].
    pub fn columns(&self, ids: &[u64]) -> Result<Columns, Error> {
        let place = |&id| self.row(id)?.ok_or_else(|| self.missing(id));
        let mut chosen = Vec::with_capacity(ids.len());
        for some in ids.chunks(AT_ONCE) {
            self.index.touch(some);
            for id in some {
                chosen.push(place(id)?);
            }
        }
        Ok(self.form.gather(&chosen))
    }

    /// Outputs on a device, made of columns of this cache.
    ///
    /// # Errors
    ///
    /// [`Error::OtherForm`] if `O` is something else than what was recorded.
    pub fn read<O: Record>(&self, mut columns: Columns, device: &Device) -> Result<O, Error> {
        let outputs = O::read(&mut columns, device).map_err(|expected| Error::OtherForm {
            path: self.folder.clone(),
            expected,
            found: self.form.to_string(),
            remedy: "ask for what was recorded",
        })?;
        Ok(outputs.off_graph())
    }

    /// Checks every shard from end to end.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] for the first that is not what was written.
    pub fn verify(&self) -> Result<(), Error> {
        self.shards.iter().try_for_each(Shard::verify)
    }

    /// Where a sample's row is, in a shard that is intact.
    pub(crate) fn row(&self, id: u64) -> Result<Option<(&dyn Rows, usize)>, Error> {
        let Some(place) = self.index.get(id) else {
            return Ok(None);
        };
        let shard = &self.shards[place.shard as usize];
        shard.verify()?;
        Ok(Some((shard, place.row as usize)))
    }

    pub(crate) fn missing(&self, id: u64) -> Error {
        Error::MissingSample {
            path: self.folder.clone(),
            id,
            view: self.key.view.clone(),
        }
    }
}

/// How many places are asked of memory before the first of them is used.
const AT_ONCE: usize = 128;

/// As many samples are believed in before they are seen; a damaged manifest could promise any number.
const MANY: usize = 1 << 24;

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("folder", &self.folder)
            .field("key", &self.key)
            .field("holds", &format_args!("{}", self.form))
            .field("samples", &self.len())
            .finish_non_exhaustive()
    }
}
