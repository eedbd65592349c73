use burn::config::Config;
use kd_core::{Error, check};
use rand::seq::SliceRandom;

use crate::seeded::seeded;

/// Configuration of a [`LastBatchSampler`].
#[derive(Config, Debug)]
pub struct LastBatchSamplerConfig {
    /// Samples in the dataset. At least 1.
    pub samples: usize,
    /// How many new samples a batch brings: half of the batch. At least 1.
    pub new: usize,
    /// What the order of the samples is drawn from.
    #[config(default = 0)]
    pub seed: usize,
}

impl LastBatchSamplerConfig {
    /// Makes the sampler.
    ///
    /// # Panics
    ///
    /// If a number is 0.
    #[track_caller]
    pub fn init(&self) -> LastBatchSampler {
        kd_core::check::must(self.try_init())
    }

    /// Makes the sampler, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a number is 0.
    pub fn try_init(&self) -> Result<LastBatchSampler, Error> {
        const NAME: &str = "LastBatchSamplerConfig";
        check::count(NAME, "samples", self.samples)?;
        check::count(NAME, "new", self.new)?;
        Ok(LastBatchSampler(self.clone()))
    }
}

/// Batches in which the new samples of the one before come again: for a [`LastBatchLoss`](super::LastBatchLoss).
///
/// ```text
/// epoch 1    [a b]    [a b c d]    [c d e f]    [e f g]
/// epoch 2             [g d f]      [d f a e]    …
/// ```
///
/// Each sample is new once in an epoch, in an order drawn for it, and comes again in the batch that follows; the last ones
/// of an epoch come again in the first batch of the next. Where the dataset is no multiple, an epoch's last batch brings
/// fewer. As each sample is seen twice in an epoch, half the epochs cost as much as a training without.
///
/// The first batch of an epoch can hold a sample twice: once from the end of the last epoch and once from the start of this
/// one. And since samples come more than once in an epoch, such batches do not go with
/// [`PastPredictions`](crate::PastPredictions), which takes each once.
///
/// It holds no state: an epoch's batches follow from seed and epoch, and a run that goes on skips those it has had, as in
/// `batches.epoch(3).skip(40)`. (The order comes from `rand`'s `StdRng`, which another version may make otherwise.)
///
/// # Example
///
/// ```
/// use kd_self::LastBatchSamplerConfig;
///
/// let batches = LastBatchSamplerConfig::new(7, 2).init();
/// let first: Vec<Vec<usize>> = batches.epoch(1).collect();
/// assert_eq!(first.iter().map(Vec::len).collect::<Vec<_>>(), [2, 4, 4, 3]);
/// assert_eq!(first[1][..2], first[0][..]);
/// assert_eq!(first[2][..2], first[1][2..]);
/// assert_eq!(batches.epoch(2).next().unwrap()[..1], first[3][2..]);
/// ```
#[derive(Clone, Debug)]
pub struct LastBatchSampler(LastBatchSamplerConfig);

impl LastBatchSampler {
    /// How many batches an epoch has.
    pub fn steps(&self) -> usize {
        self.0.samples.div_ceil(self.0.new)
    }

    /// The batches of an epoch, as numbers of samples: those of the last batch, then the new ones.
    ///
    /// # Panics
    ///
    /// If the epoch is 0: they are counted from 1, and before the first there is no last batch.
    #[track_caller]
    pub fn epoch(&self, epoch: usize) -> impl Iterator<Item = Vec<usize>> + use<> {
        assert!(epoch > 0, "LastBatchSampler: there is no epoch 0; count them from 1");
        let new = self.0.new;
        let order = self.order(epoch);
        let mut last = match epoch {
            1 => vec![],
            _ => self.order(epoch - 1)[(self.steps() - 1) * new..].to_vec(),
        };
        (0..self.steps()).map(move |step| {
            let new = &order[step * new..order.len().min((step + 1) * new)];
            let batch = [&last, new].concat();
            last = new.to_vec();
            batch
        })
    }

    fn order(&self, epoch: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.0.samples).collect();
        order.shuffle(&mut seeded(self.0.seed, &[epoch]));
        order
    }
}
