//! A `CachedDataset` behind Burn's `DataLoader`: several workers, shuffled, several epochs.

use std::{collections::HashSet, sync::Arc};

use burn::{
    data::{
        dataloader::{DataLoader, DataLoaderBuilder, batcher::Batcher},
        dataset::InMemDataset,
    },
    tensor::{Device, Tensor, TensorData},
};
use kd::cache::{Cache, CacheKey, CacheWriterConfig, CachedDataset, CachedItem, Columns};

const SAMPLES: u64 = 203;
const BATCH: usize = 8;

/// Items and what was recorded of them, on the device.
#[derive(Clone, Debug)]
struct Batch {
    items: Vec<u64>,
    outputs: Tensor<2>,
}

struct Batches(Arc<Cache>);

impl Batcher<CachedItem<u64>, Batch> for Batches {
    fn batch(&self, items: Vec<CachedItem<u64>>, device: &Device) -> Batch {
        let (items, outputs): (Vec<u64>, Vec<Columns>) =
            items.into_iter().map(|item| (item.item, item.outputs)).unzip();
        let outputs = self.0.read(Columns::stack(outputs), device).unwrap();
        Batch { items, outputs }
    }
}

/// What is recorded of an item: of each something else.
fn row(item: u64) -> [f32; 2] {
    [item as f32, -(item as f32) / 8.0]
}

fn loader(folder: &tempfile::TempDir, workers: usize, recorded: u64) -> Arc<dyn DataLoader<Batch>> {
    let key = CacheKey::new("a rule", "numbers, by themselves", "logits");
    let mut writer = CacheWriterConfig::new()
        .with_shard_samples(13)
        .open(folder.path(), &key)
        .unwrap();
    let ids: Vec<u64> = (0..recorded).rev().map(|n| n * 3).collect();
    let rows: Vec<f32> = ids.iter().flat_map(|&id| row(id)).collect();
    let rows = TensorData::new(rows, [ids.len(), 2]);
    writer
        .append(&ids, Tensor::<2>::from_data(rows, &Device::flex()))
        .unwrap();
    let cache = Arc::new(writer.finish().unwrap());
    let items = InMemDataset::new((0..SAMPLES).map(|n| n * 3).collect());
    let dataset = CachedDataset::new(items, cache.clone(), |_, &item: &u64| item);
    DataLoaderBuilder::new(Batches(cache))
        .batch_size(BATCH)
        .shuffle(7)
        .num_workers(workers)
        .set_device(Device::flex())
        .build(dataset)
}

#[test]
fn every_item_comes_with_its_own_output() {
    for workers in [0, 1, 4] {
        let folder = tempfile::tempdir().unwrap();
        let loader = loader(&folder, workers, SAMPLES);
        let mut orders = HashSet::new();
        for _epoch in 0..4 {
            let mut order = Vec::new();
            for batch in loader.iter() {
                let Batch { items, outputs } = batch.unwrap();
                let expected: Vec<f32> = items.iter().flat_map(|&item| row(item)).collect();
                assert_eq!(outputs.into_data().try_to_vec::<f32>().unwrap(), expected);
                order.extend(items);
            }
            let all: HashSet<u64> = order.iter().copied().collect();
            assert_eq!(
                (all.len(), order.len()),
                (SAMPLES as usize, SAMPLES as usize),
                "each once"
            );
            orders.insert(order);
        }
        assert_eq!(orders.len(), 4, "no epoch is like another");
    }
}

#[test]
fn an_item_that_was_not_recorded_is_the_loaders_error() {
    for workers in [0, 4] {
        let folder = tempfile::tempdir().unwrap();
        let errors: Vec<String> = loader(&folder, workers, SAMPLES - 1)
            .iter()
            .take(SAMPLES as usize)
            .filter_map(|batch| Some(batch.err()?.to_string()))
            .collect();
        assert!(!errors.is_empty());
        let words = format!("holds nothing of sample {}", (SAMPLES - 1) * 3);
        assert!(errors.iter().all(|error| error.contains(&words)), "{errors:?}");
    }
}
