//! Killed in the middle of a trial: what had ended is there, and the search goes on.

use std::{env, process::Command};

use kd::tune::{Search, Tuned};

use crate::making::{grid, journal, scored, search, valley};

/// Where a child writes, and in which trial it dies.
const JOURNAL: &str = "KD_TESTS_TUNE_JOURNAL";
const DIES_IN: &str = "KD_TESTS_TUNE_DIES_IN";

fn six() -> Search {
    search(grid(&[1.0, 2.0, 4.0], &[0.5])).with_seeds([1, 2])
}

/// Run by [`killed_in_each_trial`], in a process of its own.
#[test]
fn dies_in_a_trial() {
    let (Ok(journal), Ok(dies_in)) = (env::var(JOURNAL), env::var(DIES_IN)) else {
        return;
    };
    let _ = six().run(journal, |trial| {
        if trial.to_string() == dies_in {
            // As a signal would: nothing is unwound, and nothing can tidy up.
            std::process::abort();
        }
        scored(trial, valley(trial))
    });
}

#[test]
fn killed_in_each_trial() {
    let (_folder, whole) = journal();
    let tuned = six().run(&whole, |trial| scored(trial, valley(trial))).unwrap();
    // From the same journal every time, so that each child goes on where the one before it died.
    let (_folder, path) = journal();
    for (count, seed) in [(0, 1), (3, 2)] {
        for (further, temperature) in [1, 2, 4].into_iter().enumerate() {
            let child = Command::new(env::current_exe().unwrap())
                .args(["kills::dies_in_a_trial", "--exact"])
                .env(JOURNAL, &path)
                .env(
                    DIES_IN,
                    format!("temperature = {temperature}, alpha = 0.5 (seed {seed}, budget 1)"),
                )
                .output();
            assert!(!child.unwrap().status.success());
            assert_eq!(Tuned::load(&path).unwrap().trials().count(), count + further);
        }
    }
    assert_eq!(six().run(&path, |trial| scored(trial, valley(trial))).unwrap(), tuned);
}
