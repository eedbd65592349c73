use std::{fmt, marker::PhantomData};

use burn::tensor::Device;
use kd_core::{Error, Teacher, check};

use crate::{Cache, Record, Samples, cached::check_view};

/// A teacher that is a cache and nothing else: it says what was recorded, and refuses where nothing was.
///
/// The input is not looked at; give `()` where there is none. `O` is what was recorded, such as `Tensor<2>` for logits.
///
/// # Panics
///
/// [`teach`](Teacher::teach) panics with the message of [`try_teach`](Self::try_teach).
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_cache::{CacheKey, CacheWriterConfig, Replay, Samples};
/// use kd_core::Teacher;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let device = burn::tensor::Device::flex();
/// # let folder = std::env::temp_dir().join(format!("kd-cache-doc-replay-{}", std::process::id()));
/// # let _ = std::fs::remove_dir_all(&folder);
/// let key = CacheKey::new("sha256:0c5e", "two samples", "logits");
/// let mut writer = CacheWriterConfig::new().open(&folder, &key)?;
/// writer.append(&[0, 1], Tensor::<2>::from_floats([[1.0], [2.0]], &device))?;
///
/// let teacher = Replay::<Tensor<2>>::new(writer.finish()?, &device);
/// let taught = teacher.teach(Samples::new([1, 0], ()));
/// assert_eq!(taught.into_data().try_to_vec::<f32>()?, [2.0, 1.0]);
/// assert!(teacher.try_teach(Samples::new([1], ()).of_view("flipped")).is_err());
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
pub struct Replay<O> {
    cache: Cache,
    device: Device,
    outputs: PhantomData<fn() -> O>,
}

impl<O: Record> Replay<O> {
    /// Serves what `cache` holds on `device`.
    pub fn new(cache: Cache, device: &Device) -> Self {
        Self {
            cache,
            device: device.clone(),
            outputs: PhantomData,
        }
    }

    /// The cache.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// What was recorded of these samples.
    ///
    /// # Errors
    ///
    /// [`Error::OtherKey`] if the samples are of another view than the cache, and those of [`Cache::get`].
    ///
    /// # Panics
    ///
    /// If there are no samples.
    #[track_caller]
    pub fn try_teach<I>(&self, samples: Samples<I>) -> Result<O, Error> {
        check::not_empty("Replay", samples.ids.len());
        check_view(&self.cache, &samples.view)?;
        self.cache.get(&samples.ids, &self.device)
    }
}

impl<O: Record, I> Teacher<Samples<I>> for Replay<O> {
    type Output = O;

    #[track_caller]
    fn teach(&self, samples: Samples<I>) -> O {
        kd_core::check::must(self.try_teach(samples))
    }
}

impl<O> fmt::Debug for Replay<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Replay").field(&self.cache).finish()
    }
}
