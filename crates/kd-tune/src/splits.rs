use std::fmt;

use kd_core::{Error, check, seed_for};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use sha2::{Digest, Sha256};

/// Which samples a trial learns from, which it is judged by, and which none may see: by their ids, such as their places in
/// the dataset.
///
/// What was chosen on some samples looks better on them than it is, so the score that is reported comes from others: the test
/// split, which no trial gets. Give its ids all the same ([`with_test`](Self::with_test)); then a trial that is scored on
/// one of them is refused.
///
/// An id says nothing of what is in a sample. Copies of one picture, or pictures of one patient, have ids of their own; put
/// them into the same split.
///
/// # Example
///
/// ```
/// use kd_tune::Splits;
///
/// // 2,000 of 12,000 training samples to validate with, drawn by a seed; another 10,000 to test with.
/// let splits = Splits::random(0..12_000, 2_000, 7)?.with_test(12_000..22_000)?;
/// assert_eq!((splits.learning().len(), splits.validation().len()), (10_000, 2_000));
///
/// let error = Splits::new([1, 2, 3], [3, 4]).unwrap_err().to_string();
/// assert!(error.starts_with("sample 3 is among those to learn from and among those to validate with"));
/// # Ok::<(), kd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splits {
    learning: Vec<usize>,
    validation: Vec<usize>,
    test: Vec<usize>,
}

impl Splits {
    /// Of samples to learn from, which may come several times, and samples to validate with, which may not.
    ///
    /// # Errors
    ///
    /// [`Error::Overlap`] if a sample is in both, [`Error::Sample`] if one comes twice among those to validate with, and
    /// [`Error::InvalidValue`] if there are none of one kind.
    pub fn new(
        learning: impl IntoIterator<Item = usize>,
        validation: impl IntoIterator<Item = usize>,
    ) -> Result<Self, Error> {
        let [learning, validation] = [sorted(learning), sorted(validation)];
        check::count("Splits", "the number of samples to learn from", learning.len())?;
        check::count("Splits", "the number of samples to validate with", validation.len())?;
        if let Some(pair) = validation.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::Sample {
                owner: "Splits",
                sample: pair[0],
                reason: "comes twice among those to validate with, and would count twice; give it once".into(),
            });
        }
        apart([LEARNING, VALIDATION], &learning, &validation)?;
        Ok(Self {
            learning,
            validation,
            test: Vec::new(),
        })
    }

    /// Of some samples, with so many of them to validate with, drawn by a seed.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if none are left to learn from, or none are to validate with. [`Error::Overlap`] or
    /// [`Error::Sample`] if a sample comes twice.
    pub fn random(samples: impl IntoIterator<Item = usize>, validation: usize, seed: u64) -> Result<Self, Error> {
        let mut samples = sorted(samples);
        samples.shuffle(&mut StdRng::from_seed(seed_for(seed, &[])));
        let rest = samples.split_off(validation.min(samples.len()));
        Self::new(rest, samples)
    }

    /// With samples that no trial may be scored on.
    ///
    /// # Errors
    ///
    /// [`Error::Overlap`] if one of them is in another split.
    pub fn with_test(self, test: impl IntoIterator<Item = usize>) -> Result<Self, Error> {
        let test = sorted(test);
        apart([LEARNING, TEST], &self.learning, &test)?;
        apart([VALIDATION, TEST], &self.validation, &test)?;
        Ok(Self { test, ..self })
    }

    /// The samples to learn from, in rising order.
    pub fn learning(&self) -> &[usize] {
        &self.learning
    }

    /// The samples to validate with, in rising order.
    pub fn validation(&self) -> &[usize] {
        &self.validation
    }

    /// The samples must be those to validate with, each once.
    pub(crate) fn check_scored(&self, scored: &[usize]) -> Result<(), Error> {
        let scored = sorted(scored.iter().copied());
        let refuse = |sample: usize, reason: String| {
            let owner = "Score";
            Err(Error::Sample { owner, sample, reason })
        };
        if let Some(&sample) = scored.iter().find(|id| self.validation.binary_search(id).is_err()) {
            let is_in = |split: &[usize]| split.binary_search(&sample).is_ok();
            return refuse(sample, if is_in(&self.test) {
                "is of the test split, by which nothing may be chosen; score trials on `validation()`, and what was \
                 chosen on the test split, once, after the search"
            } else if is_in(&self.learning) {
                "is one that the trial learnt from, which says nothing about others; score trials on `validation()`"
            } else {
                "is in no split; score trials on `validation()`"
            }.into());
        }
        if let Some(pair) = scored.windows(2).find(|pair| pair[0] == pair[1]) {
            return refuse(pair[0], "was scored twice; score each sample once".into());
        }
        if let Some(&sample) = self.validation.iter().find(|id| scored.binary_search(id).is_err()) {
            let missing = self.validation.len() - scored.len();
            return refuse(
                sample,
                format!(
                    "is one of {missing} to validate with that were not scored; score all of them, the last batch as well, \
                 or scores cannot be compared"
                ),
            );
        }
        Ok(())
    }

    /// What tells these samples, to learn from and to validate with, from others.
    pub(crate) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for split in [&self.learning, &self.validation] {
            digest.update((split.len() as u64).to_le_bytes());
            split.iter().for_each(|&id| digest.update((id as u64).to_le_bytes()));
        }
        let digest = format!("{:x}", digest.finalize());
        format!("{self}, sha256:{}", &digest[..16])
    }
}

impl fmt::Display for Splits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [learning, validation] = [self.learning.len(), self.validation.len()];
        write!(f, "{learning} samples to learn from, {validation} to validate with")
    }
}

const LEARNING: &str = "to learn from";
const VALIDATION: &str = "to validate with";
const TEST: &str = "to test with";

fn sorted(ids: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let mut ids: Vec<usize> = ids.into_iter().collect();
    ids.sort_unstable();
    ids
}

/// Both are in order.
fn apart([first, second]: [&'static str; 2], these: &[usize], those: &[usize]) -> Result<(), Error> {
    let mut both: Vec<usize> = these
        .iter()
        .copied()
        .filter(|id| those.binary_search(id).is_ok())
        .collect();
    both.dedup();
    both.first().map_or(Ok(()), |&sample| {
        let count = both.len();
        Err(Error::Overlap {
            first,
            second,
            sample,
            count,
        })
    })
}
