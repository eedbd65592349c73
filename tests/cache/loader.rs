//! Items of a Burn dataset with what was recorded of them, as Burn's loader takes them: shuffled, shared out among workers, in
//! batches, and in another order every epoch.
//!
//! The loader itself is in `data_loader`.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use burn::tensor::Tensor;
use burn_dataset::{
    Dataset, DatasetError, InMemDataset,
    transform::{PartialDataset, ShuffledDataset},
};
use kd::cache::{Cache, CachedDataset, CachedItem, Columns};
use kd_testkit::device;

use crate::folder::{CLASSES, Folder, logits, row, writer};

const SAMPLES: usize = 203;
const WORKERS: usize = 4;
const BATCH: usize = 8;

/// Ids as people's data have them: names, in no order.
fn ids() -> Vec<u64> {
    (0..SAMPLES as u64).map(|n| n * 89 % 211 * 7).collect()
}

/// A cache of all of these, recorded in the opposite order in shards of no particular size.
fn cache_of(ids: &[u64], folder: &Folder) -> Arc<Cache> {
    let mut writer = writer(folder, 13);
    let ids: Vec<u64> = ids.iter().rev().copied().collect();
    writer.append(&ids, logits(&ids)).unwrap();
    Arc::new(writer.finish().unwrap())
}

/// What a worker does in an epoch: its part batch by batch. What a batcher does with one is the closure's.
fn work(part: impl Dataset<CachedItem<u64>>, mut batcher: impl FnMut(Vec<CachedItem<u64>>)) {
    let indices: Vec<usize> = (0..part.len()).collect();
    for batch in indices.chunks(BATCH) {
        batcher(part.get_many(batch.to_vec()).unwrap());
    }
}

#[test]
fn every_item_comes_with_its_own_output() {
    let (folder, ids) = (Folder::new(), ids());
    let cache = cache_of(&ids, &folder);
    let dataset = CachedDataset::new(InMemDataset::new(ids.clone()), cache.clone(), |_, &item: &u64| item);
    let parts = PartialDataset::split_chunks(ShuffledDataset::new(dataset, 5), WORKERS, BATCH);
    let parts: Vec<_> = parts.into_iter().map(Arc::new).collect();
    let mut orders = HashSet::new();
    for epoch in 0..5u64 {
        let (sender, batches) = mpsc::sync_channel(10);
        thread::scope(|scope| {
            for (worker, part) in parts.iter().cloned().enumerate() {
                let (sender, cache) = (sender.clone(), &cache);
                let part = ShuffledDataset::new(part, epoch * WORKERS as u64 + worker as u64);
                scope.spawn(move || {
                    work(part, |items| {
                        let of_batch: Vec<u64> = items.iter().map(|item| item.item).collect();
                        let outputs = Columns::stack(items.into_iter().map(|item| item.outputs));
                        let outputs: Tensor<2> = cache.read(outputs, &device()).unwrap();
                        sender.send((of_batch, outputs)).unwrap();
                    })
                });
            }
            drop(sender);
            let mut order = Vec::new();
            for (of_batch, outputs) in batches {
                assert_eq!(outputs.dims(), [of_batch.len(), CLASSES]);
                let expected: Vec<f32> = of_batch.iter().flat_map(|&id| row(id)).collect();
                assert_eq!(outputs.into_data().try_to_vec::<f32>().unwrap(), expected);
                order.extend(of_batch);
            }
            let all: HashSet<u64> = order.iter().copied().collect();
            assert_eq!(all, ids.iter().copied().collect(), "every item");
            assert_eq!(order.len(), SAMPLES, "and each once");
            orders.insert(order);
        });
    }
    assert_eq!(orders.len(), 5, "no epoch is like another");
}

/// Where ids are indices, the dataset that shuffles stands around, and each index is still the item's own.
#[test]
fn indices_are_those_before_the_shuffle() {
    let folder = Folder::new();
    let indices: Vec<u64> = (0..SAMPLES as u64).collect();
    let cache = cache_of(&indices, &folder);
    let items = InMemDataset::new(indices);
    let dataset = CachedDataset::new(items, cache.clone(), |index, _: &u64| index as u64);
    work(ShuffledDataset::new(dataset, 7), |items| {
        for item in items {
            assert_eq!(item.id, item.item);
            let outputs: Tensor<2> = cache.read(item.outputs, &device()).unwrap();
            assert_eq!(outputs.into_data().try_to_vec::<f32>().unwrap(), row(item.item));
        }
    });
}

/// One that has a batch at once, as a database has.
struct AtOnce(InMemDataset<u64>, Arc<AtomicUsize>);

impl Dataset<u64> for AtOnce {
    fn get(&self, _: usize) -> Result<u64, DatasetError> {
        panic!("one by one is slow")
    }

    fn get_many(&self, indexes: Vec<usize>) -> Result<Vec<u64>, DatasetError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.get_many(indexes)
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

#[test]
fn a_batch_is_asked_for_at_once() {
    let (folder, ids, asked) = (Folder::new(), ids(), Arc::new(AtomicUsize::new(0)));
    let cache = cache_of(&ids, &folder);
    let dataset = AtOnce(InMemDataset::new(ids), asked.clone());
    let dataset = CachedDataset::new(dataset, cache, |_, &item: &u64| item);
    work(dataset, |items| assert!(items.iter().all(|item| item.id == item.item)));
    assert_eq!(asked.load(Ordering::Relaxed), SAMPLES.div_ceil(BATCH));
}

/// The one error among the others names the sample, and the worker goes on.
#[test]
fn an_item_that_was_not_recorded_is_an_error() {
    let (folder, ids) = (Folder::new(), ids());
    let cache = cache_of(&ids[1..], &folder);
    let dataset = CachedDataset::new(InMemDataset::new(ids.clone()), cache, |_, &item: &u64| item);
    let shuffled = ShuffledDataset::new(dataset, 3);
    let results = (0..SAMPLES).map(|index| shuffled.get_many(vec![index]));
    let errors: Vec<String> = results.filter_map(|item| Some(item.err()?.to_string())).collect();
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert!(
        error.contains(&format!("holds nothing of sample {}", ids[0])),
        "{error}"
    );
}
