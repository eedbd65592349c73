use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Point, digits};

/// A trial that has ended, and its score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Finished {
    /// The values that it tried.
    pub point: Point,
    /// What everything random was drawn from.
    pub seed: u64,
    /// For how long it trained.
    pub budget: usize,
    /// What it achieved; `None` (in JSON `null`) if it diverged, which is if its score was not finite.
    #[serde(deserialize_with = "digits::perhaps")]
    pub score: Option<f64>,
}

/// Where a trial stands in its search: the numbers of its budget, point and seed. Their order is that of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub rung: usize,
    pub point: usize,
    pub seed: usize,
}

/// A trial that is to be run.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub place: Place,
    pub point: Point,
    pub seed: u64,
    pub budget: usize,
}

/// Such as `temperature = 4, alpha = 0.9 (seed 1, budget 10)`.
impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (seed {}, budget {})", self.point, self.seed, self.budget)
    }
}
