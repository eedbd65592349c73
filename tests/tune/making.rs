//! Small searches, and a folder for their journals.

use std::path::PathBuf;

use kd::tune::{Axis, Goal, Grid, Score, Search, Splits, Trial};
use tempfile::TempDir;

pub fn grid(temperatures: &[f64], alphas: &[f64]) -> Grid {
    let axes = [
        Axis::temperature(temperatures.iter().copied()),
        Axis::alpha(alphas.iter().copied()),
    ];
    Grid::new(axes.map(Result::unwrap)).unwrap()
}

/// 0 to 9 to learn from, 10 to 14 to validate with, 15 to 19 to test with.
pub fn splits() -> Splits {
    Splits::new(0..10, 10..15).unwrap().with_test(15..20).unwrap()
}

pub fn search(grid: Grid) -> Search {
    Search::new("errors", Goal::Minimize, grid, splits())
}

/// Scored as it should be.
pub fn scored(trial: &Trial, value: f64) -> Score {
    Score::new(value, trial.validation().iter().copied())
}

/// Best at T = 3 and alpha = 0.7, better with a larger budget, and a little luck.
pub fn valley(trial: &Trial) -> f64 {
    let [temperature, alpha] = ["temperature", "alpha"].map(|name| trial.value(name));
    let luck = ((trial.seed() * 31 + trial.budget() as u64 * 7) as f64 + temperature).sin();
    (temperature - 3.0).powi(2) + (alpha - 0.7).powi(2) + 1.0 / trial.budget() as f64 + luck / 100.0
}

/// A place for a journal, which is removed with the folder.
pub fn journal() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tuning.json");
    (folder, path)
}
