//! The best point: ties, runs that diverged, and what is printed.

use kd::tune::{Axis, Goal, Grid, Search, Trial, Tuned};

use crate::making::{grid, journal, scored, search, splits};

fn run(search: &Search, value: impl Fn(&Trial) -> f64 + Sync) -> Tuned {
    let (_folder, journal) = journal();
    search.run(&journal, |trial| scored(trial, value(trial))).unwrap()
}

fn temperatures(tuned: &Tuned) -> Vec<f64> {
    tuned
        .ranking()
        .iter()
        .map(|outcome| outcome.point.value("temperature"))
        .collect()
}

#[test]
fn of_equal_points_it_is_the_first_in_the_grid() {
    let grid = grid(&[8.0, 2.0, 4.0, 1.0], &[0.5]);
    for goal in [Goal::Minimize, Goal::Maximize] {
        let search = Search::new("", goal, grid.clone(), splits());
        assert_eq!(temperatures(&run(&search, |_| 0.25)), [8.0, 2.0, 4.0, 1.0]);
        // −0 and 0 are equal.
        let signed = run(
            &search,
            |trial| if trial.value("temperature") == 4.0 { -0.0 } else { 0.0 },
        );
        assert_eq!(temperatures(&signed)[0], 8.0);
        // Also of those that go on.
        let halved = run(&search.with_halving([1, 2], 4), |_| 0.25);
        assert_eq!(halved.best().unwrap().point.value("temperature"), 8.0);
    }
}

/// The same scores in another order of the seeds: their sums differ in the last digit, and their means do not.
#[test]
fn rounding_breaks_no_tie() {
    let (rising, falling) = ([0.1, 0.2, 0.3], [0.3, 0.2, 0.1]);
    assert!(rising.iter().sum::<f64>() > falling.iter().sum::<f64>());
    let search = search(grid(&[8.0, 1.0], &[0.5])).with_seeds([1, 2, 3]);
    let tuned = run(&search, |trial| {
        let scores = if trial.value("temperature") == 8.0 {
            rising
        } else {
            falling
        };
        scores[trial.seed() as usize - 1]
    });
    assert_eq!(temperatures(&tuned), [8.0, 1.0]);
}

#[test]
fn the_mean_over_the_seeds_decides() {
    // T = 1 has the best single score, and T = 2 the best mean.
    let tuned = run(&search(grid(&[1.0, 2.0], &[0.5])).with_seeds([1, 2]), |trial| {
        match (trial.value("temperature"), trial.seed()) {
            (1.0, 1) => 0.0,
            (1.0, _) => 1.0,
            (_, seed) => 0.3 + seed as f64 / 100.0,
        }
    });
    let best = tuned.best().unwrap();
    assert_eq!(best.point.value("temperature"), 2.0);
    assert_eq!(best.scores, [(1, Some(0.31)), (2, Some(0.32))]);
    assert!((best.spread().unwrap() - 0.01 / 2f64.sqrt()).abs() < 1e-12);
}

#[test]
fn a_run_that_diverged_is_worst_and_named_and_never_chosen() {
    for lost in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for goal in [Goal::Minimize, Goal::Maximize] {
            let search = Search::new("loss", goal, grid(&[1.0, 2.0, 4.0], &[0.5]), splits()).with_seeds([1, 2]);
            let tuned = run(&search, |trial| match (trial.value("temperature"), trial.seed()) {
                (1.0, 2) => lost,
                (temperature, _) => temperature,
            });
            assert_eq!(temperatures(&tuned).last(), Some(&1.0));
            let worst = tuned.ranking().pop().unwrap();
            assert_eq!((worst.mean(), worst.diverged().collect::<Vec<_>>()), (None, vec![2]));
            assert!(tuned.table().ends_with("| 1 | 0.5 | 1 | diverged with seed 2 |\n"));
            assert_ne!(tuned.best().unwrap().point.value("temperature"), 1.0);
        }
    }
}

#[test]
fn where_all_diverged_there_is_no_best() {
    let tuned = run(&search(grid(&[1.0, 2.0], &[0.5])).with_halving([1, 2], 2), |_| f64::NAN);
    assert!(tuned.is_finished());
    assert_eq!(
        (tuned.best(), tuned.trials().count(), tuned.outcomes().len()),
        (None, 6, 2)
    );
}

/// Its place is not taken by a point that was dropped before.
#[test]
fn where_those_that_went_on_diverged_there_is_no_best() {
    let tuned = run(&search(grid(&[1.0, 2.0], &[0.5])).with_halving([1, 2], 2), |trial| {
        if trial.budget() == 2 {
            f64::NAN
        } else {
            trial.value("temperature")
        }
    });
    assert_eq!(tuned.best(), None);
    assert_eq!(temperatures(&tuned), [2.0, 1.0]);
}

/// Three were to go on; of those that did not diverge there is one.
#[test]
fn none_that_diverged_goes_on() {
    let axis = Axis::new("w", (0..9).map(f64::from)).unwrap();
    let search = search(Grid::new([axis]).unwrap())
        .with_seeds([1])
        .with_halving([1, 3], 3);
    let tuned = run(&search, |trial| if trial.value("w") == 5.0 { 1.0 } else { f64::NAN });
    assert_eq!(tuned.trials().count(), 10);
    assert_eq!(tuned.best().unwrap().point.value("w"), 5.0);
}

#[test]
fn the_table_has_the_best_first_and_larger_budgets_before_smaller() {
    let tuned = run(
        &search(grid(&[1.0, 2.0], &[0.5, 0.9]))
            .with_seeds([1, 2])
            .with_halving([1, 4], 2),
        |trial| {
            trial.value("temperature") / 100.0
                + trial.value("alpha") / 1000.0
                + trial.seed() as f64 / 10_000.0
                + trial.budget() as f64
        },
    );
    assert_eq!(
        tuned.table(),
        "| temperature | alpha | budget | errors, mean ± sd (min to max) |\n\
         |--:|--:|--:|:--|\n\
         | 1 | 0.5 | 4 | 4.011 ± 0.000 (4.011 to 4.011) |\n\
         | 1 | 0.9 | 4 | 4.011 ± 0.000 (4.011 to 4.011) |\n\
         | 2 | 0.5 | 1 | 1.021 ± 0.000 (1.021 to 1.021) |\n\
         | 2 | 0.9 | 1 | 1.021 ± 0.000 (1.021 to 1.021) |\n"
    );
}
