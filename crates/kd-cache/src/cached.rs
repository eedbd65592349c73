use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use burn::tensor::Device;
use kd_core::{Error, Teacher, check};

use crate::{Cache, CacheWriter, Pick, Record, Samples};

/// A teacher that is asked about each sample once: what it said is recorded, and served from then on.
///
/// In the first epoch it runs, in later ones it does not; nor for what an earlier run of the program has recorded. What is
/// served the first time is what will be served every other time: the recorded numbers, also where these are rounded to half
/// precision.
///
/// The samples' view must be the one of the cache's key. An augmentation that is drawn anew every epoch is another view
/// every time, and no recorded output belongs to it.
///
/// Once everything is recorded, [`Replay`](crate::Replay) needs no teacher any more.
///
/// # Panics
///
/// [`teach`](Teacher::teach) panics with the message of [`try_teach`](Self::try_teach).
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_cache::{CacheKey, Cached, CacheWriterConfig, Samples};
/// use kd_core::{Teacher, teacher_fn};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let device = burn::tensor::Device::flex();
/// # let folder = std::env::temp_dir().join(format!("kd-cache-doc-cached-{}", std::process::id()));
/// # let _ = std::fs::remove_dir_all(&folder);
/// let asked = std::cell::Cell::new(0);
/// let teacher = teacher_fn(|images: Tensor<2>| {
///     asked.set(asked.get() + images.dims()[0]);
///     images * 2.0
/// });
/// let key = CacheKey::new("doubles", "three numbers", "logits");
/// let teacher = Cached::record(teacher, CacheWriterConfig::new().open(&folder, &key)?, &device);
///
/// let images = Tensor::<2>::from_floats([[1.0], [2.0], [3.0]], &device);
/// for _epoch in 0..2 {
///     let taught = teacher.teach(Samples::new([0, 1, 2], images.clone()));
///     assert_eq!(taught.into_data().try_to_vec::<f32>()?, [2.0, 4.0, 6.0]);
/// }
/// assert_eq!(asked.get(), 3);
/// assert_eq!(teacher.finish()?.len(), 3);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Cached<T> {
    teacher: T,
    writer: Mutex<CacheWriter>,
    device: Device,
}

impl<T> Cached<T> {
    /// Records what `teacher` says, and serves it on `device`.
    ///
    /// That the writer's key is the teacher's own is for the caller to see to: make it with the
    /// [`fingerprint`](crate::fingerprint) of the very module that teaches.
    pub fn record(teacher: T, writer: CacheWriter, device: &Device) -> Self {
        Self {
            teacher,
            writer: Mutex::new(writer),
            device: device.clone(),
        }
    }

    /// What is recorded of these samples, after the teacher was asked about those that were not.
    ///
    /// # Errors
    ///
    /// [`Error::OtherKey`] if the samples are of another view than the cache, [`Error::Damaged`] for a shard that is not what
    /// was written, and those of [`CacheWriter::append`].
    ///
    /// # Panics
    ///
    /// If there are no samples, or there is not one id for each.
    #[track_caller]
    pub fn try_teach<I>(&self, samples: Samples<I>) -> Result<T::Output, Error>
    where
        I: Pick,
        T: Teacher<I, Output: Record>,
    {
        const NAME: &str = "Cached";
        let Samples { ids, view, input } = samples;
        check::sample_ids(NAME, &ids, input.rows());
        let mut writer = self.writer();
        check_view(writer.cache(), &view)?;

        let mut seen = HashSet::new();
        let is_new = |&place: &usize| !writer.contains(ids[place]) && seen.insert(ids[place]);
        let new: Vec<usize> = (0..ids.len()).filter(is_new).collect();
        if !new.is_empty() {
            let all = new.len() == ids.len();
            let outputs = self.teacher.teach(if all { input } else { input.pick(&new) });
            let new: Vec<u64> = new.iter().map(|&place| ids[place]).collect();
            check::sample_ids(NAME, &new, outputs.rows());
            writer.append(&new, outputs)?;
        }
        writer.cache().read(writer.columns(&ids)?, &self.device)
    }

    /// How many samples are recorded.
    pub fn len(&self) -> usize {
        self.writer().len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes what waits to the disk, as at the end of an epoch.
    ///
    /// # Errors
    ///
    /// Those of [`CacheWriter::flush`].
    pub fn flush(&self) -> Result<(), Error> {
        self.writer().flush()
    }

    /// Writes what waits, and opens the cache for reading; the teacher is dropped.
    ///
    /// # Errors
    ///
    /// Those of [`CacheWriter::finish`], with which what could not be written is lost; after an error of
    /// [`flush`](Self::flush) it goes on waiting.
    pub fn finish(self) -> Result<Cache, Error> {
        self.writer
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .finish()
    }

    /// A teacher that panicked has left the writer as it was.
    fn writer(&self) -> MutexGuard<'_, CacheWriter> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, I> Teacher<Samples<I>> for Cached<T>
where
    I: Pick,
    T: Teacher<I, Output: Record>,
{
    type Output = T::Output;

    #[track_caller]
    fn teach(&self, samples: Samples<I>) -> T::Output {
        kd_core::check::must(self.try_teach(samples))
    }
}

/// What is asked must be the view that is recorded.
pub(crate) fn check_view(cache: &Cache, view: &str) -> Result<(), Error> {
    let key = cache.key();
    if key.view == view {
        return Ok(());
    }
    Err(Error::OtherKey {
        path: cache.folder().to_owned(),
        expected: key.clone().with_view(view).to_string(),
        found: key.to_string(),
    })
}
