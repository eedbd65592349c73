//! Batches in an order that depends on the seed and the epoch.

use std::sync::Arc;

use burn::data::dataloader::{DataLoader, batcher::Batcher};
use burn::data::dataset::InMemDataset;
use burn::tensor::Device;
use kd::train::EpochLoader;
use kd_testkit::device;

#[derive(Clone)]
struct AsTheyAre;

impl Batcher<usize, (Vec<usize>, Device)> for AsTheyAre {
    fn batch(&self, items: Vec<usize>, device: &Device) -> (Vec<usize>, Device) {
        (items, device.clone())
    }
}

type Numbers = EpochLoader<usize, (Vec<usize>, Device)>;

fn numbers(seed: u64) -> Numbers {
    EpochLoader::new(
        Arc::new(InMemDataset::new((0..23).collect())),
        Arc::new(AsTheyAre),
        5,
        seed,
    )
}

fn epoch(loader: &dyn DataLoader<(Vec<usize>, Device)>) -> Vec<usize> {
    loader.iter().flat_map(|batch| batch.unwrap().0).collect()
}

fn sorted(mut numbers: Vec<usize>) -> Vec<usize> {
    numbers.sort_unstable();
    numbers
}

#[test]
fn every_epoch_has_every_sample_once_in_another_order() {
    let loader = numbers(1);
    let (first, second) = (epoch(&loader), epoch(&loader));
    assert_ne!(first, second);
    assert_eq!(sorted(first), (0..23).collect::<Vec<_>>());
    assert_eq!(sorted(second), (0..23).collect::<Vec<_>>());
}

#[test]
fn seeds_differ_and_repeat() {
    assert_eq!(epoch(&numbers(1)), epoch(&numbers(1)));
    assert_ne!(epoch(&numbers(1)), epoch(&numbers(2)));
}

#[test]
fn resumed_it_goes_on() {
    let whole = numbers(3);
    let epochs: Vec<_> = (0..4).map(|_| epoch(&whole)).collect();
    let resumed = numbers(3).resumed_after(2);
    assert_eq!(epoch(&resumed), epochs[2]);
    assert_eq!(epoch(&resumed), epochs[3]);
}

#[test]
fn in_order_is_in_order() {
    let loader = numbers(1).in_order();
    assert_eq!(epoch(&loader), (0..23).collect::<Vec<_>>());
    assert_eq!(epoch(&loader), (0..23).collect::<Vec<_>>());
}

#[test]
fn slices_are_shuffled_within_themselves() {
    let loader = numbers(1);
    let slices = [loader.slice(0, 11), loader.slice(11, 23)];
    assert_eq!(slices.each_ref().map(|slice| slice.num_items()), [11, 12]);
    assert_eq!(sorted(epoch(&*slices[0])), (0..11).collect::<Vec<_>>());
    assert_eq!(sorted(epoch(&*slices[1])), (11..23).collect::<Vec<_>>());
}

#[test]
fn the_last_batch_is_what_is_left_and_progress_counts_samples() {
    let loader = numbers(1);
    let mut batches = loader.iter();
    let mut sizes = Vec::new();
    let mut done = Vec::new();
    while let Some(batch) = batches.next() {
        sizes.push(batch.unwrap().0.len());
        done.push(batches.progress().items_processed);
    }
    assert_eq!(sizes, [5, 5, 5, 5, 3]);
    assert_eq!(done, [5, 10, 15, 20, 23]);
    assert!(batches.progress().is_completed());
}

#[test]
fn batches_are_made_where_it_is_told() {
    let there = device();
    let (_, made) = numbers(1).to_device(&there).iter().next().unwrap().unwrap();
    assert_eq!(made, there);
}

#[test]
#[should_panic(expected = "a batch of 0 samples is none")]
fn empty_batches_panic() {
    let _: Numbers = EpochLoader::new(Arc::new(InMemDataset::new(vec![1])), Arc::new(AsTheyAre), 0, 1);
}
