//! Batches in which the new samples of the one before come again.

use kd::self_distillation::LastBatchSamplerConfig;

#[test]
fn every_sample_is_new_once_in_an_epoch_and_comes_again_in_the_next_batch() {
    for (samples, new) in [(10, 5), (11, 4), (3, 8), (1, 1), (47, 1)] {
        let batches = LastBatchSamplerConfig::new(samples, new).with_seed(3).init();
        let mut last: Vec<usize> = vec![];
        for epoch in 1..=4 {
            let mut seen: Vec<usize> = vec![];
            for batch in batches.epoch(epoch) {
                assert_eq!(batch[..last.len()], last, "{samples} by {new} in epoch {epoch}");
                last = batch[last.len()..].to_vec();
                assert!((1..=new).contains(&last.len()));
                seen.extend(&last);
            }
            seen.sort_unstable();
            assert_eq!(seen, (0..samples).collect::<Vec<_>>());
            assert_eq!(batches.epoch(epoch).count(), batches.steps());
        }
    }
}

#[test]
fn the_order_is_of_the_seed_and_the_epoch_alone() {
    let order = |seed: usize, epoch: usize| -> Vec<Vec<usize>> {
        let batches = LastBatchSamplerConfig::new(20, 4).with_seed(seed).init();
        batches.epoch(epoch).collect()
    };
    assert_eq!(order(1, 3), order(1, 3));
    let batches = LastBatchSamplerConfig::new(20, 4).with_seed(1).init();
    assert_eq!(batches.epoch(3).skip(2).collect::<Vec<_>>(), order(1, 3)[2..]);
    assert_ne!(order(1, 3), order(2, 3));
    assert_ne!(order(1, 3), order(1, 4));
}

#[test]
#[should_panic(expected = "LastBatchSampler: there is no epoch 0; count them from 1")]
fn epochs_are_counted_from_1() {
    let _ = LastBatchSamplerConfig::new(4, 2).init().epoch(0);
}

#[test]
fn batches_of_nothing_are_an_error() {
    let error = LastBatchSamplerConfig::new(4, 0).try_init().unwrap_err();
    assert_eq!(
        error.to_string(),
        "LastBatchSamplerConfig: new is 0, but must be at least 1"
    );
}
