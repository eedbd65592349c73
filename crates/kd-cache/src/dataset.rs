use std::sync::Arc;

use burn_dataset::{Dataset, DatasetError};

use crate::{Cache, Columns};

/// A Burn dataset whose items come together with what a teacher said of them, in any order and from several workers.
///
/// `id_of` tells an item's id in the cache from its index and itself. Where ids are indices, put this dataset innermost: a
/// dataset around it that shuffles, chooses or repeats then changes nothing about who is who. The other way round the
/// index would be one in the shuffled order.
///
/// An item that was not recorded is an error, and so is a damaged shard. Items say nothing of views, so none is compared: what a
/// batcher makes of an item must be the view in the cache's key.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
///
/// use burn::tensor::Tensor;
/// use burn_dataset::{Dataset, InMemDataset, transform::ShuffledDataset};
/// use kd_cache::{CacheKey, CacheWriterConfig, CachedDataset, CachedItem, Columns};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let device = burn::tensor::Device::flex();
/// # let folder = std::env::temp_dir().join(format!("kd-cache-doc-dataset-{}", std::process::id()));
/// # let _ = std::fs::remove_dir_all(&folder);
/// let key = CacheKey::new("squares", "four numbers, by index", "logits");
/// let mut writer = CacheWriterConfig::new().open(&folder, &key)?;
/// writer.append(&[0, 1, 2, 3], Tensor::<2>::from_floats([[0.0], [1.0], [4.0], [9.0]], &device))?;
/// let cache = Arc::new(writer.finish()?);
///
/// let numbers = InMemDataset::new(vec![0.0f32, 1.0, 2.0, 3.0]);
/// let dataset = CachedDataset::new(numbers, cache.clone(), |index, _: &f32| index as u64);
/// let shuffled = ShuffledDataset::new(dataset, 7);
///
/// // What a batcher does:
/// let items: Vec<CachedItem<f32>> = shuffled.iter().collect::<Result<_, _>>()?;
/// let squares: Vec<f32> = items.iter().map(|item| item.item * item.item).collect();
/// let taught: Tensor<2> = cache.read(Columns::stack(items.into_iter().map(|item| item.outputs)), &device)?;
/// assert_eq!(taught.into_data().try_to_vec::<f32>()?, squares);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CachedDataset<D, F> {
    dataset: D,
    cache: Arc<Cache>,
    id_of: F,
}

/// An item, and what was recorded of it.
#[derive(Clone, Debug)]
pub struct CachedItem<I> {
    /// Its id in the cache.
    pub id: u64,
    /// The item.
    pub item: I,
    /// What was recorded of it, a batch of one: [`Columns::stack`] those of a batch, and let [`Cache::read`] make outputs of
    /// them on the device.
    pub outputs: Columns,
}

impl<D, F> CachedDataset<D, F> {
    /// The items of `dataset` with what `cache` holds of them.
    pub fn new<I>(dataset: D, cache: Arc<Cache>, id_of: F) -> Self
    where
        D: Dataset<I>,
        F: Fn(usize, &I) -> u64,
    {
        Self { dataset, cache, id_of }
    }

    fn with_outputs<I>(&self, index: usize, item: I) -> Result<CachedItem<I>, DatasetError>
    where
        F: Fn(usize, &I) -> u64,
    {
        let id = (self.id_of)(index, &item);
        let outputs = self.cache.columns(&[id]).map_err(DatasetError::new)?;
        Ok(CachedItem { id, item, outputs })
    }
}

impl<I, D, F> Dataset<CachedItem<I>> for CachedDataset<D, F>
where
    D: Dataset<I>,
    F: Fn(usize, &I) -> u64 + Send + Sync,
{
    fn get(&self, index: usize) -> Result<CachedItem<I>, DatasetError> {
        self.with_outputs(index, self.dataset.get(index)?)
    }

    /// What a loader calls for a batch, which a dataset such as a database may have at once.
    fn get_many(&self, indexes: Vec<usize>) -> Result<Vec<CachedItem<I>>, DatasetError> {
        let items = self.dataset.get_many(indexes.clone())?;
        let both = indexes.into_iter().zip(items);
        both.map(|(index, item)| self.with_outputs(index, item)).collect()
    }

    fn len(&self) -> usize {
        self.dataset.len()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use burn::tensor::{Device, Tensor, TensorData};
    use burn_dataset::InMemDataset;

    use super::*;
    use crate::{CacheKey, CacheWriterConfig};

    /// Ids that are no indices, several workers at once, each in another order; and one item that was not recorded.
    #[test]
    fn several_workers_get_what_belongs_together() {
        let folder = tempfile::tempdir().unwrap();
        let key = CacheKey::new("minus", "numbers, by themselves", "logits");
        let config = CacheWriterConfig::new().with_shard_samples(7);
        let mut writer = config.open(folder.path(), &key).unwrap();
        let ids: Vec<u64> = (0..64).map(|n| n * n).collect();
        let minus: Vec<f32> = ids.iter().map(|&id| -(id as f32)).collect();
        let minus = Tensor::<2>::from_data(TensorData::new(minus, [64, 1]), &Device::flex());
        writer.append(&ids, minus).unwrap();
        let cache = Arc::new(writer.finish().unwrap());

        let items = ids.into_iter().chain([3]).collect();
        let dataset = CachedDataset::new(InMemDataset::new(items), cache.clone(), |_, &item: &u64| item);
        thread::scope(|scope| {
            for worker in 0..4 {
                let (dataset, cache) = (&dataset, &cache);
                scope.spawn(move || {
                    for n in 0..64 {
                        let item = dataset.get((n * 5 + worker * 16) % 64).unwrap();
                        let outputs: Tensor<2> = cache.read(item.outputs, &Device::flex()).unwrap();
                        assert_eq!(outputs.into_scalar::<f32>(), -(item.item as f32));
                    }
                });
            }
        });
        let error = dataset.get(64).unwrap_err().to_string();
        assert!(error.contains("holds nothing of sample 3"), "{error}");
    }
}
