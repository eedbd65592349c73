//! Texts of unequal length as batches for a network.

use burn::prelude::*;
use burn::tensor::{Bool, TensorData};
use kd::OffGraph;
use kd::transformer::bert::BertInput;

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

/// Texts in batches of about one length, so that little is filled up: shuffled, sorted by length within some batches, and
/// the batches shuffled.
pub fn batches(lengths: &[usize], batch: usize, rng: &mut impl rand::Rng) -> Vec<Vec<usize>> {
    use rand::seq::SliceRandom;

    const SORTED: usize = 16;
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.shuffle(rng);
    let mut batches = Vec::new();
    for some in order.chunks_mut(batch * SORTED) {
        some.sort_by_key(|text| lengths[*text]);
        batches.extend(some.chunks(batch).map(<[usize]>::to_vec));
    }
    batches.shuffle(rng);
    batches
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

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
}
