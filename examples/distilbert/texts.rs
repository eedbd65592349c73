//! Texts of unequal length as batches for a network.

use burn::prelude::*;
use burn::tensor::{Bool, TensorData};
use kd::transformer::bert::BertInput;
use kd::{OffGraph, seed_for};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::trainer::Training;

/// A batch, filled up to its longest text.
pub struct TextBatch {
    /// `[batch, seq]`
    pub ids: Tensor<2, Int>,
    /// `[batch, seq]`, true where there is a token.
    pub mask: Tensor<2, Bool>,
    /// How many tokens there are, without what fills up.
    pub tokens: usize,
}

impl TextBatch {
    /// Of framed texts, filled up with the token `pad`.
    ///
    /// # Panics
    ///
    /// Panics when there are no texts.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a [u32]>, pad: u32, device: &Device) -> Self {
        let texts: Vec<&[u32]> = texts.into_iter().collect();
        let length = texts.iter().map(|text| text.len()).max().expect("there are texts");
        let shape = [texts.len(), length];
        let filled = texts.iter().flat_map(|text| {
            let filling = std::iter::repeat_n((pad, false), length - text.len());
            text.iter().map(|id| (*id, true)).chain(filling)
        });
        let (ids, mask): (Vec<i64>, Vec<bool>) = filled.map(|(id, counts)| (i64::from(id), counts)).unzip();
        Self {
            ids: Tensor::from_data(TensorData::new(ids, shape), device),
            mask: Tensor::from_data(TensorData::new(mask, shape), device),
            tokens: texts.iter().map(|text| text.len()).sum(),
        }
    }

    /// What the network reads.
    pub fn input(&self) -> BertInput {
        BertInput::new(self.ids.clone()).with_mask(self.mask.clone())
    }
}

impl OffGraph for TextBatch {
    fn off_graph(self) -> Self {
        Self {
            ids: self.ids.off_graph(),
            mask: self.mask.off_graph(),
            ..self
        }
    }
}

/// Which texts a step reads: all of them once in each epoch, in an order that follows from the seed and from what it is
/// drawn for.
pub fn of_step(texts: &[Vec<u32>], step: usize, training: &Training, purpose: usize) -> Vec<usize> {
    let steps = texts.len().div_ceil(training.batch);
    let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
    let mut rng = StdRng::from_seed(seed_for(training.seed, &[purpose, step / steps]));
    batches(&lengths, training.batch, &mut rng).swap_remove(step % steps)
}

/// Texts in batches of about one length, so that little is filled up: shuffled, sorted by length within some batches,
/// and the batches shuffled.
fn batches(lengths: &[usize], batch: usize, rng: &mut impl rand::Rng) -> Vec<Vec<usize>> {
    const SORTED: usize = 16;
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.shuffle(rng);
    let mut batches = Vec::new();
    for some in order.chunks_mut(batch.saturating_mul(SORTED)) {
        some.sort_by_key(|text| lengths[*text]);
        batches.extend(some.chunks(batch).map(<[usize]>::to_vec));
    }
    batches.shuffle(rng);
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_filled_up_and_what_fills_does_not_count() {
        let batch = TextBatch::new([&[2, 7, 3][..], &[2, 3]], 0, &Device::flex());
        let ids: Vec<i64> = batch.ids.into_data().iter::<i64>().collect();
        assert_eq!(ids, [2, 7, 3, 2, 3, 0]);
        let mask: Vec<bool> = batch.mask.into_data().iter::<bool>().collect();
        assert_eq!(mask, [true, true, true, true, true, false]);
        assert_eq!(batch.tokens, 5);
    }

    #[test]
    fn every_text_comes_once_among_texts_of_its_length() {
        let lengths: Vec<usize> = (0..100).map(|text| text * 7 % 40).collect();
        let batches = batches(&lengths, 8, &mut StdRng::seed_from_u64(1));
        let mut all = batches.concat();
        all.sort_unstable();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
        let spread = |batch: &Vec<usize>| {
            let lengths = batch.iter().map(|text| lengths[*text]);
            lengths.clone().max().unwrap() - lengths.min().unwrap()
        };
        assert!(batches.iter().all(|batch| spread(batch) <= 8));
    }

    #[test]
    fn an_epochs_steps_read_every_text_once_and_the_next_in_another_order() {
        let texts: Vec<Vec<u32>> = (0..20).map(|text| vec![0; 1 + text % 3]).collect();
        let training = Training {
            steps: 0,
            batch: 8,
            learning_rate: 0.0,
            seed: 1,
        };
        let epoch = |first: usize| -> Vec<usize> {
            let steps = first..first + 3;
            steps.flat_map(|step| of_step(&texts, step, &training, 9)).collect()
        };
        let mut all = epoch(0);
        assert_ne!(all, epoch(3));
        all.sort_unstable();
        assert_eq!(all, (0..20).collect::<Vec<_>>());
    }
}
