use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use kd_core::Error;
use serde::{Deserialize, Serialize};

use crate::{
    Finished, Goal, Grid, Outcome,
    file::{self, Recorded},
    finished::{Job, Place},
    outline::Outline,
};

/// What a search has found: every trial, every point's mean and spread over the seeds, and the best point.
///
/// It is what the journal of a search holds, so [`load`](Self::load) opens one, also while the search still runs. By serde it
/// is the same JSON: the search itself and the list of its trials, in an order that does not depend on which ended first.
///
/// # Example
///
/// ```no_run
/// let tuned = kd_tune::Tuned::load("tuning.json")?;
/// println!("{}", tuned.table());
/// if let Some(best) = tuned.best() {
///     println!("{}: {:?} ± {:?}", best.point, best.mean(), best.spread());
/// }
/// # Ok::<(), kd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Recorded", into = "Recorded")]
pub struct Tuned {
    pub(crate) outline: Outline,
    scores: BTreeMap<Place, Option<f64>>,
}

impl Tuned {
    pub(crate) fn new(outline: Outline) -> Self {
        let scores = BTreeMap::new();
        Self { outline, scores }
    }

    /// Reads what a search has found so far from its journal, or from a file that was [saved](Self::save).
    ///
    /// # Errors
    ///
    /// [`Error::Read`]; [`Error::Damaged`] if it is no such file, or not as it was written; [`Error::NewerVersion`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        file::read(path.as_ref())
    }

    /// Writes it to a file. Whoever reads the file finds the old one or the new one, and never half of one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written; what was there before still is.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        file::write(path.as_ref(), self)
    }

    /// What was searched for.
    pub fn name(&self) -> &str {
        &self.outline.name
    }

    /// Whether a small score is a good one.
    pub fn goal(&self) -> Goal {
        self.outline.goal
    }

    /// The points that were to be tried.
    pub fn grid(&self) -> &Grid {
        &self.outline.axes
    }

    /// Whether nothing is left to run.
    pub fn is_finished(&self) -> bool {
        self.pending().is_empty()
    }

    /// Every trial that has ended: by budget, then by point, then by seed.
    pub fn trials(&self) -> impl Iterator<Item = Finished> {
        self.scores.iter().map(|(place, score)| {
            let Job {
                point, seed, budget, ..
            } = self.job(*place);
            Finished {
                point,
                seed,
                budget,
                score: *score,
            }
        })
    }

    /// What each point achieved at the largest budget with which all its seeds have ended, in the order of the grid. Points
    /// without one are left out.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let rungs = self.outline.budgets.each.len();
        let largest = |point| (0..rungs).rev().find_map(|rung| self.outcome(rung, point));
        (0..self.grid().len()).filter_map(largest).collect()
    }

    /// The [outcomes](Self::outcomes), the best first: those of larger budgets before those that did not get so far, by their
    /// means, and of equal ones the first in the grid. Points that diverged with any seed come last.
    pub fn ranking(&self) -> Vec<Outcome> {
        let mut outcomes = self.outcomes();
        outcomes.sort_by(|left, right| {
            let stage = |outcome: &Outcome| (outcome.mean().is_none(), Reverse(outcome.budget));
            let means = self.goal().compare(left.mean(), right.mean());
            stage(left).cmp(&stage(right)).then(means)
        });
        outcomes
    }

    /// The best point: of those with the largest budget, the one with the best mean over the seeds, and of equal ones the first
    /// in the grid.
    ///
    /// `None` as long as the search has not ended, and if none of them is without a seed with which it diverged.
    pub fn best(&self) -> Option<Outcome> {
        let (last, _) = self.scores.last_key_value()?;
        let largest = self.outline.budgets.each[last.rung];
        let best = self.ranking().into_iter().next()?;
        (self.is_finished() && best.budget == largest && best.mean().is_some()).then_some(best)
    }

    pub(crate) fn add(&mut self, place: Place, score: Option<f64>) {
        self.scores.insert(place, score);
    }

    /// What a point achieved at the budget of a rung, if all its seeds have ended.
    pub(crate) fn outcome(&self, rung: usize, point: usize) -> Option<Outcome> {
        let of_seed = |seed: usize| {
            let score = self.scores.get(&Place { rung, point, seed })?;
            Some((self.outline.seeds[seed], *score))
        };
        let scores: Option<Vec<_>> = (0..self.outline.seeds.len()).map(of_seed).collect();
        Some(Outcome {
            point: self.grid().point(point),
            budget: self.outline.budgets.each[rung],
            scores: scores?,
        })
    }

    /// The trials that can be run next: all that are left of the first budget that is not through, each point once with the
    /// first seed, then with the second, so that a search that is broken off has seen all of the grid.
    pub(crate) fn pending(&self) -> Vec<Job> {
        let mut points: Vec<usize> = (0..self.grid().len()).collect();
        for rung in 0..self.outline.budgets.each.len() {
            let seeds = 0..self.outline.seeds.len();
            let places = seeds.flat_map(|seed| points.iter().map(move |&point| Place { rung, point, seed }));
            let open = places.filter(|place| !self.scores.contains_key(place));
            let open: Vec<Job> = open.map(|place| self.job(place)).collect();
            if !open.is_empty() {
                return open;
            }
            points = self.survivors(rung, points);
        }
        Vec::new()
    }

    /// Whether every trial is one that the search would have run, having found what stands before it.
    pub(crate) fn is_consistent(&self) -> bool {
        let mut before = Self::new(self.outline.clone());
        let mut scores = self.scores.iter().peekable();
        while scores.peek().is_some() {
            let asked: BTreeSet<Place> = before.pending().iter().map(|job| job.place).collect();
            let count = before.scores.len();
            while let Some((place, score)) = scores.next_if(|(place, _)| asked.contains(place)) {
                before.add(*place, *score);
            }
            if before.scores.len() == count {
                return false;
            }
        }
        true
    }

    fn job(&self, place: Place) -> Job {
        Job {
            place,
            point: self.grid().point(place.point),
            seed: self.outline.seeds[place.seed],
            budget: self.outline.budgets.each[place.rung],
        }
    }

    /// The points that go on after this rung, in the order of the grid.
    fn survivors(&self, rung: usize, points: Vec<usize>) -> Vec<usize> {
        let count = self.outline.budgets.survivors(points.len());
        let mean = |&point: &usize| self.outcome(rung, point).and_then(|outcome| outcome.mean());
        let mut ranked: Vec<_> = points.iter().map(|point| (mean(point), *point)).collect();
        ranked.retain(|(mean, _)| mean.is_some());
        // Stable, so that the first in the grid goes on of those that are equal.
        ranked.sort_by(|left, right| self.goal().compare(left.0, right.0));
        let mut points: Vec<usize> = ranked.into_iter().take(count).map(|(_, point)| point).collect();
        points.sort_unstable();
        points
    }
}
