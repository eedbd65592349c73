use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

/// How long trials train, and how many points go on to train for longer.
///
/// One budget is a grid search. Several are successive halving: all points at the first, the best of them at the second, and
/// so on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budgets {
    pub each: Vec<usize>,
    pub eta: usize,
}

impl Budgets {
    pub fn check(&self) -> Result<(), Error> {
        check::count("Search", "the number of budgets", self.each.len())?;
        check::count("Search", "the first budget", self.each[0])?;
        check::rising("Search", "a budget", &self.each)?;
        check::several("Search", "eta", self.eta)
    }

    /// How many of so many points go on.
    pub fn survivors(&self, points: usize) -> usize {
        (points / self.eta).max(1)
    }

    /// The budgets, each with how many of so many points get it.
    pub fn rungs(&self, points: usize) -> Vec<Rung> {
        let mut left = points;
        let rung = |&budget: &usize| {
            let points = left;
            left = self.survivors(left);
            Rung { budget, points }
        };
        self.each.iter().map(rung).collect()
    }
}

/// A stage of a search: so many points are tried at this budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rung {
    /// What each trial gets: epochs, steps, or whatever you count in.
    pub budget: usize,
    /// How many points there are at most; fewer, if too many diverged before.
    pub points: usize,
}
