//! A corpus as sequences to be masked: most to learn from, some to be tested on.

use std::sync::{Arc, Mutex};

use burn::prelude::*;
use kd::transformer::PickedTokens;
use kd::transformer::bert::BertInput;
use kd::transformer::mlm::{MaskedBatch, MaskedTokens, MaskedTokensConfig, Packing, Tokens};
use kd::{Error, seed_for};
use kd_examples::failure::Failure;
use kd_examples::text::text_error::TextError;
use kd_examples::text::tokenizer::TextTokenizer;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// Of every so many sequences, one is tested on.
const TESTED: usize = 20;
/// No more than so many are tested on, which takes long and tells enough.
const MOST_TESTED: usize = 128;
/// What the order of the sequences is drawn for.
const ORDER: usize = 1;
/// What is tested on is masked by this seed.
const TEST_SEED: u64 = 1;

/// Sequences of a corpus.
pub struct Corpus {
    /// To learn from.
    train: Vec<Tokens>,
    /// To be tested on.
    test: Vec<Tokens>,
    masked: MaskedTokens,
    test_masked: MaskedTokens,
    seed: u64,
    /// The epoch that is read, and the order of its sequences.
    kept: Mutex<Option<(usize, Arc<[usize]>)>>,
}

impl Corpus {
    /// Packs texts into sequences of at most `length` tokens.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there are fewer than two sequences, or the length is impossible.
    pub fn new(texts: &[String], tokenizer: &TextTokenizer, length: usize, seed: u64) -> Result<Self, Failure> {
        let tokens: Vec<Tokens> = texts.iter().map(|text| tokenizer.tokens(text)).collect();
        let vocabulary = tokenizer.vocabulary();
        let mut sequences = Packing::try_new(vocabulary, length)?.pack(&tokens)?;
        if sequences.len() < 2 {
            return Err(TextError::TooShort {
                sequences: sequences.len(),
            }
            .into());
        }
        // Not by the seed of a run: all runs are tested on the same.
        sequences.shuffle(&mut StdRng::seed_from_u64(0));
        let tested = sequences.len().div_ceil(TESTED).min(MOST_TESTED);
        let train = sequences.split_off(tested);
        let masked = |seed: u64| {
            let config = MaskedTokensConfig::new(length).with_whole_words(true);
            config.with_seed(seed as usize).try_init(vocabulary)
        };
        Ok(Self {
            train,
            test: sequences,
            masked: masked(seed)?,
            test_masked: masked(TEST_SEED)?,
            seed,
            kept: Mutex::new(None),
        })
    }

    /// How many sequences there are to learn from, and to be tested on.
    pub fn sizes(&self) -> [usize; 2] {
        [self.train.len(), self.test.len()]
    }

    /// What is read in a step: it follows from seed and step alone, so a run that is resumed goes on as if it had not
    /// stopped.
    ///
    /// # Errors
    ///
    /// [`Error`] when a sequence cannot be masked.
    pub fn batch(&self, step: usize, size: usize, device: &Device) -> Result<MaskedBatch, Error> {
        let mut whole = self.pieces(step, size, 1, device)?;
        Ok(whole.pop().expect("a step reads something"))
    }

    /// The same in at most so many pieces, all of one size but for the last, which may be smaller.
    ///
    /// # Errors
    ///
    /// As [`batch`](Self::batch).
    pub fn pieces(&self, step: usize, size: usize, pieces: usize, device: &Device) -> Result<Vec<MaskedBatch>, Error> {
        let size = size.min(self.train.len());
        let steps = self.train.len() / size;
        let (epoch, place) = (step / steps, step % steps);
        let order = self.order(epoch);
        let chosen = &order[place * size..(place + 1) * size];
        let samples: Vec<(usize, &Tokens)> = chosen.iter().map(|at| (*at, &self.train[*at])).collect();
        let pieces = samples.chunks(size.div_ceil(pieces));
        pieces
            .map(|samples| self.masked.batch(samples, epoch, device))
            .collect()
    }

    /// The order of an epoch, which follows from the seed. It is kept until another is asked for: drawing it for each step anew would
    /// shuffle all sequences thousands of times.
    fn order(&self, epoch: usize) -> Arc<[usize]> {
        let mut kept = self.kept.lock().expect("nobody panics who holds it");
        match &*kept {
            Some((of, order)) if *of == epoch => order.clone(),
            _ => {
                let mut order: Vec<usize> = (0..self.train.len()).collect();
                order.shuffle(&mut StdRng::from_seed(seed_for(self.seed, &[ORDER, epoch])));
                let order: Arc<[usize]> = order.into();
                *kept = Some((epoch, order.clone()));
                order
            }
        }
    }

    /// All that is tested on, in batches, masked the same whatever the seed.
    ///
    /// # Errors
    ///
    /// [`Error`] when a sequence cannot be masked.
    pub fn tests(&self, size: usize, device: &Device) -> Result<Vec<MaskedBatch>, Error> {
        let numbered: Vec<(usize, &Tokens)> = self.test.iter().enumerate().collect();
        let batches = numbered.chunks(size);
        batches
            .map(|samples| self.test_masked.batch(samples, 0, device))
            .collect()
    }
}

/// What the network reads of a batch.
pub fn input(batch: &MaskedBatch) -> BertInput {
    BertInput::new(batch.input_ids.clone()).with_mask(batch.attended.clone())
}

/// The tokens that are asked for.
pub fn asked(batch: &MaskedBatch) -> PickedTokens {
    let asked = PickedTokens::new(batch.targets.asked.clone());
    asked.expect("something is asked of every sequence")
}

#[cfg(test)]
mod tests {
    use kd_examples::text::embedded;

    use super::*;

    fn corpus(seed: u64) -> Corpus {
        let tokenizer = embedded::tokenizer();
        Corpus::new(&embedded::corpus(), &tokenizer, 32, seed).unwrap()
    }

    fn ids(corpus: &Corpus, step: usize) -> Vec<i64> {
        let batch = corpus.batch(step, 8, &Device::flex()).unwrap();
        batch.targets.tokens.into_data().iter::<i64>().collect()
    }

    #[test]
    fn a_step_reads_the_same_in_every_run_of_a_seed() {
        let (one, two, other) = (corpus(1), corpus(1), corpus(2));
        assert_eq!(ids(&one, 3), ids(&two, 3));
        assert_ne!(ids(&one, 3), ids(&one, 4));
        assert_ne!(ids(&one, 3), ids(&other, 3));
        let [learned, tested] = one.sizes();
        let beyond = learned / 8 + 1;
        assert_ne!(ids(&one, beyond), ids(&one, 1), "another epoch has another order");
        assert_eq!(ids(&one, beyond), ids(&corpus(1), beyond), "whatever was read before");
        assert_eq!(tested, (learned + tested).div_ceil(TESTED));
        let tests = |corpus: &Corpus| {
            corpus
                .tests(64, &Device::flex())
                .unwrap()
                .remove(0)
                .input_ids
                .into_data()
        };
        assert_eq!(tests(&one), tests(&other), "whatever the seed");
    }

    #[test]
    fn pieces_are_the_step_cut() {
        let corpus = corpus(1);
        let pieces = corpus.pieces(3, 8, 3, &Device::flex()).unwrap();
        let sizes: Vec<usize> = pieces.iter().map(|piece| piece.input_ids.dims()[0]).collect();
        assert_eq!(sizes, [3, 3, 2]);
        let of_pieces = |of: fn(MaskedBatch) -> Tensor<2, Int>| {
            let parts = pieces.iter().cloned().map(of);
            Tensor::cat(parts.collect(), 0)
        };
        let whole = corpus.batch(3, 8, &Device::flex()).unwrap();
        assert_eq!(
            of_pieces(|piece| piece.input_ids).into_data(),
            whole.input_ids.into_data()
        );
        assert_eq!(
            of_pieces(|piece| piece.targets.asked.int()).into_data(),
            whole.targets.asked.int().into_data()
        );
        assert_eq!(corpus.pieces(3, 2, 9, &Device::flex()).unwrap().len(), 2);
    }

    #[test]
    fn too_little_text_is_an_error() {
        let tokenizer = embedded::tokenizer();
        let message = |texts: &[String]| {
            Corpus::new(texts, &tokenizer, 32, 1)
                .err()
                .expect("an error")
                .to_string()
        };
        assert!(message(&["A word.".into()]).contains("at least 2"));
        assert!(message(&[]).contains("number of texts"));
    }
}
