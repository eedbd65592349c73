use std::path::Path;

use kd_core::{Error, check};

use crate::{
    Goal, Grid, IntoScore, Rung, Score, Splits, Trial, Tuned,
    budgets::Budgets,
    finished::Job,
    journal::Journal,
    outline::Outline,
    side_by_side::{Cause, side_by_side},
};

/// A search for the best point of a grid: by trying all of it, or by successive halving.
///
/// ```text
/// score(point) = mean over the seeds of trial(point, seed, budget), on the validation split
/// ```
///
/// Every point is tried with every seed, and with the same ones, so that points differ by their values and not by their luck.
///
/// **Grid.** With one budget ([`with_budget`](Self::with_budget), 1 if nothing is said) that is all.
///
/// **Successive halving** ([`with_halving`](Self::with_halving)). All points are tried with the first budget, the best
/// 1 in `eta` of them with the second, and so on. Points that are hopeless after two epochs do not get twenty. It chooses well as far
/// as those that lead early lead in the end.
///
/// # Convention
///
/// Of n points ⌊n / eta⌋ go on, and at least one. Of equal means the first in the grid is the better. A point that diverged
/// with any seed does not go on. Each trial begins anew.
///
/// The name is part of what makes a search this one: change it when the code of the trial changes, or the teacher, or the
/// data. Grid, goal, seeds, budgets and the ids of the samples need no mention; a journal of others is refused anyway.
///
/// # Example
///
/// ```
/// use kd_tune::{Axis, Goal, Grid, Score, Search, Splits, Trial};
///
/// # fn train(_: &Trial, _: f64) -> f64 { 0.0 }
/// # fn errs(_student: &f64, id: usize) -> bool { id % 10 == 0 }
/// # let folder = tempfile::tempdir().unwrap();
/// # let journal = folder.path().join("tuning.json");
/// let grid = Grid::new([Axis::temperature([1.0, 2.0, 4.0, 8.0])?, Axis::alpha([0.5, 0.9])?])?;
/// let splits = Splits::random(0..1000, 200, 7)?;
/// let search = Search::new("errors of the small student", Goal::Minimize, grid, splits)
///     .with_seeds([1, 2, 3])
///     .with_halving([2, 6, 18], 3); // epochs
/// assert_eq!(search.rungs().map(|rung| rung.points).collect::<Vec<_>>(), [8, 2, 1]);
///
/// let tuned = search.run(&journal, |trial| {
///     let student = train(trial, trial.value("temperature")); // on trial.learning(), for trial.budget() epochs
///     Score::mean(trial.validation().iter().map(|&id| (id, f64::from(errs(&student, id)))))
/// })?;
/// assert!(tuned.best().is_some());
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Reference
///
/// Kevin Jamieson, Ameet Talwalkar: *Non-stochastic Best Arm Identification and Hyperparameter Optimization*, 2016,
/// arXiv:1502.07943.
#[derive(Clone, Debug)]
pub struct Search {
    outline: Outline,
    splits: Splits,
}

impl Search {
    /// Of the best point of `grid`, by what `name` says.
    pub fn new(name: impl Into<String>, goal: Goal, grid: Grid, splits: Splits) -> Self {
        let outline = Outline {
            name: name.into(),
            goal,
            axes: grid,
            seeds: vec![1, 2, 3],
            budgets: Budgets { each: vec![1], eta: 3 },
            splits: splits.digest(),
        };
        Self { outline, splits }
    }

    /// With these seeds; 1, 2 and 3 if nothing is said.
    pub fn with_seeds(mut self, seeds: impl IntoIterator<Item = u64>) -> Self {
        self.outline.seeds = seeds.into_iter().collect();
        self
    }

    /// With one budget for all points, in whatever you count: a grid search.
    pub fn with_budget(self, budget: usize) -> Self {
        self.with_halving([budget], 3)
    }

    /// With rising budgets, and one point in `eta` that goes on from each to the next: successive halving.
    pub fn with_halving(mut self, budgets: impl IntoIterator<Item = usize>, eta: usize) -> Self {
        let each = budgets.into_iter().collect();
        self.outline.budgets = Budgets { each, eta };
        self
    }

    /// How many points are tried at which budget.
    ///
    /// # Panics
    ///
    /// If `eta` is 0.
    pub fn rungs(&self) -> impl Iterator<Item = Rung> {
        self.outline.budgets.rungs(self.outline.axes.len()).into_iter()
    }

    /// How many trials there are.
    ///
    /// # Panics
    ///
    /// As [`rungs`](Self::rungs).
    pub fn trial_count(&self) -> usize {
        self.outline.seeds.len() * self.rungs().map(|rung| rung.points).sum::<usize>()
    }

    /// What all trials take together, in whatever the budgets count.
    ///
    /// # Panics
    ///
    /// As [`rungs`](Self::rungs).
    pub fn cost(&self) -> usize {
        self.outline.seeds.len() * self.rungs().map(|rung| rung.points * rung.budget).sum::<usize>()
    }

    /// Runs the trials one after the other, or what is left of them, and keeps each in the file `journal` as soon as it has
    /// ended.
    ///
    /// If the journal is there already, the search goes on where that ended, and comes to the same. Beside it there is a file
    /// that ends with `.lock`, so that no two searches write to one journal.
    ///
    /// # Errors
    ///
    /// [`Error::Trial`] if a trial fails or panics, or is scored on other samples than those to validate with; what has ended is
    /// kept. [`Error::OtherSearch`] if the journal is that of another search, [`Error::Damaged`] or [`Error::NewerVersion`] if it
    /// cannot be understood, [`Error::InUse`] if another search writes to it, [`Error::Write`] if it cannot be written.
    /// [`Error::InvalidValue`] if there are no seeds or one comes twice, if budgets do not rise from 1 at least, or `eta` is
    /// below 2.
    pub fn run<S: IntoScore>(
        &self,
        journal: impl AsRef<Path>,
        trial: impl Fn(&Trial) -> S + Sync,
    ) -> Result<Tuned, Error> {
        self.run_on(&[()], journal, |asked, ()| trial(asked))
    }

    /// Runs as many trials at a time as there are devices, each on a device of its own and on a thread of its own; those of the
    /// first device on the caller's.
    ///
    /// What comes out is what [`run`](Self::run) finds, whichever trial ends first, provided that a trial draws its random
    /// numbers by itself. Those of a Burn backend are the whole process's: trials that run at the same time and call
    /// `device.seed` get one another's numbers. Then draw the initial weights on the host, or run a process for each device, with
    /// a journal and seeds of its own.
    ///
    /// A device is whatever your trial takes for one: Burn's `Device`, or a number. The same one several times means several
    /// trials on it at once, which on a processor gains as far as one of them leaves cores idle.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run), and [`Error::InvalidValue`] if there are no devices. If a trial fails, those that run beside
    /// it are waited for and kept; of several that fail it is the first in order that is told.
    pub fn run_on<D: Sync, S: IntoScore>(
        &self,
        devices: &[D],
        journal: impl AsRef<Path>,
        trial: impl Fn(&Trial, &D) -> S + Sync,
    ) -> Result<Tuned, Error> {
        check::count("Search", "the number of devices", devices.len())?;
        self.outline.check()?;
        let mut journal = Journal::open(journal.as_ref(), self.outline.clone())?;
        let run = |job: &Job, device: &D| -> Result<Score, Cause> {
            let score = trial(&Trial::new(job, &self.splits), device).into_score()?;
            self.splits.check_scored(score.samples())?;
            Ok(score)
        };
        loop {
            let jobs = journal.tuned().pending();
            if jobs.is_empty() {
                return Ok(journal.into_tuned());
            }
            side_by_side(devices, &jobs, &mut journal, run)?;
        }
    }
}
