//! Successive halving: it keeps the best, spends what it says, and is a grid search if there is one budget.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use kd::tune::{Axis, Goal, Grid, Score, Search};
use kd_testkit::for_each;
use proptest::prelude::*;

use crate::making::{grid, journal, scored, search, splits, valley};

fn line(points: usize) -> Grid {
    Grid::new([Axis::new("w", (0..points).map(|value| value as f64)).unwrap()]).unwrap()
}

#[test]
fn one_budget_is_every_point_with_every_seed() {
    let (_folder, journal) = journal();
    let search = search(grid(&[1.0, 2.0, 4.0], &[0.5, 0.9]))
        .with_seeds([7, 3])
        .with_budget(5);
    let tuned = search.run(&journal, |trial| scored(trial, valley(trial))).unwrap();
    let trials: Vec<_> = tuned.trials().collect();
    assert_eq!((trials.len(), search.trial_count(), search.cost()), (12, 12, 60));
    let expected = tuned
        .grid()
        .points()
        .flat_map(|point| [7, 3].map(|seed| (point.clone(), seed, 5)));
    let run = trials.into_iter().map(|trial| (trial.point, trial.seed, trial.budget));
    assert!(run.eq(expected));
}

#[test]
fn of_nine_points_three_go_on_and_then_one() {
    let (_folder, journal) = journal();
    let search = search(line(9)).with_seeds([1]).with_halving([1, 3, 9], 3);
    // Hopeless ones lead to nothing; of the rest, the order changes with the budget.
    let tuned = search.run(&journal, |trial| {
        let w = trial.value("w");
        let late = if trial.budget() > 1 { -w } else { 0.0 };
        scored(trial, (w - 4.0).powi(2) + 3.0 * late)
    });
    let tuned = tuned.unwrap();
    let with = |budget: usize| -> Vec<f64> {
        let trials = tuned.trials().filter(|trial| trial.budget == budget);
        trials.map(|trial| trial.point.value("w")).collect()
    };
    assert_eq!(with(1), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    assert_eq!((with(3), with(9)), (vec![3.0, 4.0, 5.0], vec![5.0]));
    let best = tuned.best().unwrap();
    assert_eq!((best.point.value("w"), best.budget, best.mean()), (5.0, 9, Some(-14.0)));
}

#[test]
fn a_goal_that_is_to_be_large_keeps_the_largest() {
    let (_folder, journal) = journal();
    let search = Search::new("accuracy", Goal::Maximize, line(4), splits()).with_halving([1, 2], 2);
    let tuned = search.run(&journal, |trial| scored(trial, trial.value("w"))).unwrap();
    let ranking: Vec<f64> = tuned.ranking().iter().map(|outcome| outcome.point.value("w")).collect();
    assert_eq!(ranking, [3.0, 2.0, 1.0, 0.0]);
    assert_eq!(tuned.trials().filter(|trial| trial.budget == 2).count(), 2 * 3);
}

#[test]
fn rungs_say_what_is_to_come() {
    let rungs = |points, budgets: &[usize], eta| -> Vec<(usize, usize)> {
        let search = search(line(points)).with_halving(budgets.iter().copied(), eta);
        search.rungs().map(|rung| (rung.budget, rung.points)).collect()
    };
    assert_eq!(rungs(8, &[2, 6, 18], 3), [(2, 8), (6, 2), (18, 1)]);
    assert_eq!(rungs(27, &[1, 3, 9, 27], 3), [(1, 27), (3, 9), (9, 3), (27, 1)]);
    assert_eq!(rungs(2, &[1, 2, 3], 4), [(1, 2), (2, 1), (3, 1)]);
}

#[test]
fn it_spends_what_it_says() {
    let budgets = prop::collection::btree_set(1usize..50, 1..4);
    for_each(
        (1usize..12, budgets, 2usize..5, 1u64..3),
        |(points, budgets, eta, seeds)| {
            let (_folder, journal) = journal();
            let search = search(line(points))
                .with_seeds(0..seeds)
                .with_halving(budgets.iter().copied(), eta);
            let (trials, cost) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let tuned = search
                .run(&journal, |trial| {
                    trials.fetch_add(1, Relaxed);
                    cost.fetch_add(trial.budget(), Relaxed);
                    scored(trial, (trial.value("w") * 7.0 + trial.seed() as f64).sin())
                })
                .unwrap();
            assert_eq!(
                (trials.into_inner(), cost.into_inner()),
                (search.trial_count(), search.cost())
            );
            assert_eq!(tuned.trials().count(), search.trial_count());
            assert!(tuned.is_finished());

            // No point that was dropped was better than one that went on.
            let budgets: Vec<usize> = budgets.into_iter().collect();
            for pair in budgets.windows(2) {
                let went_on = |w: f64| {
                    tuned
                        .trials()
                        .any(|trial| trial.budget == pair[1] && trial.point.value("w") == w)
                };
                let mean = |w: f64| {
                    let scores = tuned
                        .trials()
                        .filter(|trial| trial.budget == pair[0] && trial.point.value("w") == w);
                    let scores: Vec<f64> = scores.map(|trial| trial.score.unwrap()).collect();
                    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
                };
                let (on, off): (Vec<f64>, Vec<f64>) = (0..points).map(|w| w as f64).partition(|&w| went_on(w));
                let worst = on.into_iter().filter_map(mean).fold(f64::NEG_INFINITY, f64::max);
                assert!(off.into_iter().filter_map(mean).all(|mean| mean >= worst));
            }
        },
    );
}

/// Where the order does not change with the budget, halving finds what trying everything finds.
#[test]
fn halving_finds_what_the_grid_finds() {
    let grid = grid(&[1.0, 2.0, 3.0, 4.0, 8.0], &[0.1, 0.7, 0.9]);
    let best = |search: Search| {
        let (_folder, journal) = journal();
        let tuned = search.run(&journal, |trial| scored(trial, valley(trial))).unwrap();
        tuned.best().unwrap()
    };
    let all = best(search(grid.clone()).with_budget(9));
    let halved = best(search(grid).with_halving([1, 3, 9], 3));
    assert_eq!(all, halved);
    assert_eq!(all.point.to_string(), "temperature = 3, alpha = 0.7");
}

/// The closure that scores may return a plain score or a result.
#[test]
fn a_trial_may_fail_or_not() {
    let (_folder, journal) = journal();
    let search = search(line(1));
    let tuned = search.run(&journal, |trial| Ok::<Score, std::io::Error>(scored(trial, 0.5)));
    assert_eq!(tuned.unwrap().best().unwrap().mean(), Some(0.5));
}
