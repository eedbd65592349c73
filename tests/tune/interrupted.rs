//! A search that was broken off and one that was not come to the same, and nothing is run twice.

use std::{fs, sync::Mutex};

use kd::tune::{Search, Trial, Tuned};

use crate::making::{grid, journal, scored, search, valley};

fn halving() -> Search {
    search(grid(&[2.0, 4.0], &[0.5, 0.9]))
        .with_seeds([3, 1])
        .with_halving([1, 2, 5], 2)
}

/// The result, the file, and the trials in the order in which they were begun.
fn uninterrupted() -> (Tuned, String, Vec<String>) {
    let (_folder, journal) = journal();
    let begun = Mutex::new(Vec::new());
    let tuned = halving().run(&journal, |trial| {
        begun.lock().unwrap().push(trial.to_string());
        scored(trial, valley(trial))
    });
    (
        tuned.unwrap(),
        fs::read_to_string(journal).unwrap(),
        begun.into_inner().unwrap(),
    )
}

#[test]
fn after_each_number_of_trials() {
    let (tuned, file, trials) = uninterrupted();
    assert_eq!(trials.len(), halving().trial_count());
    for count in 0..=trials.len() {
        let (_folder, journal) = journal();
        let begun = Mutex::new(Vec::new());
        let ends_after = |trial: &Trial, count: usize| {
            let mut begun = begun.lock().unwrap();
            if begun.len() == count {
                return Err("Ctrl-C");
            }
            begun.push(trial.to_string());
            Ok(scored(trial, valley(trial)))
        };
        let first = halving().run(&journal, |trial| ends_after(trial, count));
        assert_eq!(first.is_err(), count < trials.len());
        let so_far = Tuned::load(&journal).unwrap();
        assert_eq!(so_far.trials().count(), count);
        assert_eq!(so_far.is_finished(), count == trials.len());
        assert_eq!(so_far.best().is_some(), count == trials.len());
        let _ = so_far.table();

        let resumed = halving().run(&journal, |trial| ends_after(trial, usize::MAX)).unwrap();
        assert_eq!((&resumed, fs::read_to_string(journal).unwrap()), (&tuned, file.clone()));
        assert_eq!(*begun.lock().unwrap(), trials);
    }
}

#[test]
fn a_search_that_has_ended_runs_nothing() {
    let (_folder, journal) = journal();
    let tuned = halving().run(&journal, |trial| scored(trial, valley(trial))).unwrap();
    let again = halving()
        .run(&journal, |_| Err::<kd::tune::Score, _>("it was run again"))
        .unwrap();
    assert_eq!(again, tuned);
}

/// The last digits of a score survive the file, or what is resumed would differ in them.
#[test]
fn scores_survive_the_file_to_the_bit() {
    let (_folder, journal) = journal();
    let value =
        |trial: &Trial| (valley(trial) * 1e-9).exp() / 3.0 * 10f64.powf(trial.value("temperature") * 9.0 - 40.0);
    let tuned = halving().run(&journal, |trial| scored(trial, value(trial))).unwrap();
    let bits = |tuned: &Tuned| -> Vec<_> { tuned.trials().map(|trial| trial.score.map(f64::to_bits)).collect() };
    assert_eq!(bits(&Tuned::load(&journal).unwrap()), bits(&tuned));
}

/// A search that is broken off has seen all of the grid, if with one seed.
#[test]
fn each_point_comes_once_before_one_comes_twice() {
    let (_, _, trials) = uninterrupted();
    assert!(
        trials[..4].iter().all(|trial| trial.ends_with("(seed 3, budget 1)")),
        "{trials:?}"
    );
    assert!(trials[4..8].iter().all(|trial| trial.ends_with("(seed 1, budget 1)")));
}
