use std::fmt;

use crate::{Point, Splits, finished::Job};

/// One training and its score, as a [`Search`](crate::Search) asks for it.
///
/// Its score must follow from the point, the seed and the budget alone: then a search that was interrupted ends as it would
/// have, and every trial can be repeated.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    job: &'a Job,
    splits: &'a Splits,
}

impl<'a> Trial<'a> {
    pub(crate) fn new(job: &'a Job, splits: &'a Splits) -> Self {
        Self { job, splits }
    }

    /// The values to try.
    pub fn point(&self) -> &'a Point {
        &self.job.point
    }

    /// The value of this axis.
    ///
    /// # Panics
    ///
    /// If there is no such axis.
    #[track_caller]
    pub fn value(&self, axis: &str) -> f64 {
        self.job.point.value(axis)
    }

    /// What everything random is to be drawn from: initial weights, order of samples, dropout.
    pub fn seed(&self) -> u64 {
        self.job.seed
    }

    /// For how long to train: epochs, steps, or whatever the search's budgets count. Training begins anew; a learning rate
    /// that falls to the end of training falls to the end of this.
    pub fn budget(&self) -> usize {
        self.job.budget
    }

    /// The samples to learn from, in rising order: shuffle them by the seed.
    pub fn learning(&self) -> &'a [usize] {
        self.splits.learning()
    }

    /// The samples to be scored on, in rising order.
    pub fn validation(&self) -> &'a [usize] {
        self.splits.validation()
    }
}

/// Such as `temperature = 4, alpha = 0.9 (seed 1, budget 10)`.
impl fmt::Display for Trial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.job.fmt(f)
    }
}
