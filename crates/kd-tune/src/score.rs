use std::error::Error;

use crate::digits;

/// What a trial achieved, and on which samples.
///
/// The samples are what keeps a search honest: a score on the test split, on samples that were learnt from, or on other
/// samples than the trial before is refused. So give the ids that your evaluation loop has *seen*, and not those that it
/// should have.
///
/// # Convention
///
/// A score that is not finite is a run that diverged: it is worse than any other, whatever the goal. Finite ones are kept to
/// 15 digits, which a file keeps too.
///
/// # Example
///
/// ```
/// use kd_tune::Score;
///
/// // From a number for each sample, such as the rows of `per_sample`, or 1 where the student errs: their mean.
/// let score = Score::mean([(17, 0.0), (4, 1.0), (12, 1.0), (9, 0.0)]);
/// assert_eq!(score, Score::new(0.5, [4, 9, 12, 17]));
/// ```
#[derive(Clone, Debug)]
pub struct Score {
    value: Option<f64>,
    samples: Vec<usize>,
}

impl Score {
    /// A number that was measured on these samples.
    pub fn new(value: f64, samples: impl IntoIterator<Item = usize>) -> Self {
        Self {
            value: value.is_finite().then(|| digits::kept(value)),
            samples: samples.into_iter().collect(),
        }
    }

    /// The mean of a number for each sample, given with its id.
    pub fn mean(rows: impl IntoIterator<Item = (usize, f64)>) -> Self {
        let (samples, values): (Vec<usize>, Vec<f64>) = rows.into_iter().unzip();
        Self::new(values.iter().sum::<f64>() / values.len() as f64, samples)
    }

    /// The number, or `None` if it was not finite.
    pub fn value(&self) -> Option<f64> {
        self.value
    }

    /// On which samples it was measured, in the order in which they were given.
    pub fn samples(&self) -> &[usize] {
        &self.samples
    }
}

/// Two scores are equal if their values are, and their samples in any order.
impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |score: &Self| {
            let mut samples = score.samples.clone();
            samples.sort_unstable();
            samples
        };
        self.value == other.value && sorted(self) == sorted(other)
    }
}

/// What a trial may return: a [`Score`], or a result with one and any error.
pub trait IntoScore {
    /// The score, or why there is none.
    fn into_score(self) -> Result<Score, Box<dyn Error + Send + Sync>>;
}

impl IntoScore for Score {
    fn into_score(self) -> Result<Score, Box<dyn Error + Send + Sync>> {
        Ok(self)
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> IntoScore for Result<Score, E> {
    fn into_score(self) -> Result<Score, Box<dyn Error + Send + Sync>> {
        self.map_err(Into::into)
    }
}
