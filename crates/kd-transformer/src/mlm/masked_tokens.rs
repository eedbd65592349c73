use burn::{config::Config, tensor::Device};
use kd_core::{Error, check};

use super::{MaskedBatch, Tokens, Vocabulary};

/// Configuration of [`MaskedTokens`].
#[derive(Config, Debug)]
pub struct MaskedTokensConfig {
    /// What every sequence is padded to: at most as many tokens as the model has positions.
    pub length: usize,
    /// The share of the text that is asked for. Above 0 and below 1.
    #[config(default = 0.15)]
    pub share: f64,
    /// Of what is asked for, the share in whose place the mask stands. In `[0, 1]`.
    #[config(default = 0.8)]
    pub mask: f64,
    /// Of what is asked for, the share in whose place any token stands. In `[0, 1]`, with `mask` at most 1.
    #[config(default = 0.1)]
    pub random: f64,
    /// Whether all tokens of a word are asked for, or none.
    #[config(default = false)]
    pub whole_words: bool,
    /// The seed of all masks.
    #[config(default = 0)]
    pub seed: usize,
}

impl MaskedTokensConfig {
    /// Makes the collator for texts of this vocabulary.
    ///
    /// # Panics
    ///
    /// If a share is out of its range or the length is 0.
    #[track_caller]
    pub fn init(&self, vocabulary: &Vocabulary) -> MaskedTokens {
        kd_core::check::must(self.try_init(vocabulary))
    }

    /// Makes the collator, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a share is out of its range or the length is 0.
    pub fn try_init(&self, vocabulary: &Vocabulary) -> Result<MaskedTokens, Error> {
        let owner = "MaskedTokensConfig";
        check::count(owner, "length", self.length)?;
        if !(self.share > 0.0 && self.share < 1.0) {
            return Err(Error::InvalidValue {
                owner,
                name: "share",
                value: self.share,
                expected: "above 0 and below 1 (0 asks for nothing, 1 leaves nothing to read, 0.15 is usual)",
            });
        }
        check::share(owner, "mask", self.mask, "in [0, 1] (0.8 is BERT's)")?;
        check::share(owner, "random", self.random, "in [0, 1] (0.1 is BERT's)")?;
        check::share(
            owner,
            "mask + random",
            self.mask + self.random,
            "at most 1; what is left is shown as it is",
        )?;
        Ok(MaskedTokens {
            config: self.clone(),
            vocabulary: vocabulary.clone(),
        })
    }
}

/// Makes batches for masked language modelling: some tokens are hidden, and the model is asked for them (Devlin et al., 2018).
///
/// ```text
/// each token that is text is asked for with probability share; special ones never are. In its place the model reads
///   the mask               with probability mask       so that it must tell it from what is around
///   any token that is text with probability random     so that it trusts no token it reads
///   the token itself       otherwise                   for that is what it reads when it is used
/// ```
///
/// Masks are new in each epoch, and follow from seed, epoch and the sequence's number in the corpus alone. They are the same whatever
/// else is in the batch, in whatever order, with however many workers, and in a run that is resumed. (They come from `rand`'s `StdRng`,
/// which another version may make otherwise.)
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `length` | | what sequences are padded to | ≥ 1, at most the model's positions |
/// | `share` | 0.15 | how much is asked for | (0, 1) |
/// | `mask` | 0.8 | how much of it is hidden | `[0, 1]` |
/// | `random` | 0.1 | how much of it is replaced | `[0, 1]`, with `mask` at most 1 |
/// | `whole_words` | false | asks for words and not for tokens | |
/// | `seed` | 0 | of all masks | |
///
/// # Convention
///
/// Tokens are chosen each by itself, as Hugging Face does; BERT's own code takes 15 % of each sequence, rounded. As there, at least one
/// is asked for; and one is left to be read, if there are two. In a word that is asked for each token is drawn for by itself, as in
/// BERT's code. Random tokens are never special, where BERT and Hugging Face draw from all. DistilBERT's code asks for 15 % of a
/// batch's tokens, and for rare ones more often (each has the weight max(count, 1)^−0.7, its `mlm_smoothing`); that is not done here.
///
/// # Example
///
/// ```
/// use burn::tensor::Device;
/// use kd_transformer::mlm::{MaskedTokensConfig, SpecialTokens, Tokens, Vocabulary};
///
/// let special = SpecialTokens { mask: 4, pad: 0, begin: 2, end: 3, others: vec![1] };
/// let vocabulary = Vocabulary::new(100, special)?;
/// let masked = MaskedTokensConfig::new(8).with_seed(1).init(&vocabulary);
/// let (first, second) = (Tokens::new([2, 10, 11, 12, 13, 3]), Tokens::new([2, 20, 21, 3]));
///
/// let batch = masked.batch(&[(0, &first), (1, &second)], 0, &Device::flex())?;
/// assert_eq!(batch.input_ids.dims(), [2, 8]);
/// let tokens: Vec<i64> = batch.targets.tokens.into_data().iter::<i64>().collect();
/// assert_eq!(tokens[8..], [2, 20, 21, 3, 0, 0, 0, 0]); // the true ones; what is asked for is `targets.asked`
///
/// // The same masks, in other company.
/// let alone = masked.batch(&[(1, &second)], 0, &Device::flex())?;
/// assert_eq!(alone.input_ids.into_data(), batch.input_ids.slice([1..2]).into_data());
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Reference
///
/// Jacob Devlin, Ming-Wei Chang, Kenton Lee, Kristina Toutanova: *BERT: Pre-training of Deep Bidirectional Transformers for Language
/// Understanding*, 2018, arXiv:1810.04805, section 3.1. New masks in each epoch: Yinhan Liu and others: *RoBERTa: A Robustly Optimized
/// BERT Pretraining Approach*, 2019, arXiv:1907.11692, section 4.1.
#[derive(Clone, Debug)]
pub struct MaskedTokens {
    pub(super) config: MaskedTokensConfig,
    pub(super) vocabulary: Vocabulary,
}

impl MaskedTokens {
    /// The sequences with these numbers, each masked for this epoch, as one batch.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are none, and those of [`sample`](Self::sample).
    pub fn batch(&self, samples: &[(usize, &Tokens)], epoch: usize, device: &Device) -> Result<MaskedBatch, Error> {
        check::count("MaskedTokens", "the number of samples in the batch", samples.len())?;
        let masked: Result<Vec<_>, Error> = samples
            .iter()
            .map(|&(number, tokens)| Ok((tokens, self.sample(tokens, epoch, number)?)))
            .collect();
        let pad = self.vocabulary.special().pad;
        Ok(MaskedBatch::padded(&masked?, self.config.length, pad, device))
    }
}
