//! A trial that fails or panics is named, and costs nothing that had ended.

use std::{error::Error, fmt, panic::panic_any};

use kd::tune::{Score, Trial, Tuned};

use crate::making::{grid, journal, scored, search, valley};

#[derive(Debug)]
struct OutOfMemory;

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the device has no memory left")
    }
}

impl Error for OutOfMemory {}

fn is_bad(trial: &Trial) -> bool {
    trial.value("temperature") == 4.0 && trial.seed() == 2
}

fn good(trial: &Trial) -> Score {
    scored(trial, valley(trial))
}

/// What is said when T = 4 fails with seed 2, after five trials of which each was kept.
fn failed<E: Into<Box<dyn Error + Send + Sync>>>(bad: impl Fn() -> Result<Score, E> + Sync) -> kd::Error {
    let (_folder, journal) = journal();
    let search = search(grid(&[1.0, 2.0, 4.0], &[0.5])).with_seeds([1, 2]);
    let error = search.run(&journal, |trial| if is_bad(trial) { bad() } else { Ok(good(trial)) });
    assert_eq!(Tuned::load(&journal).unwrap().trials().count(), 5);

    // It is mended, and comes to what it would have come to.
    let mended = search
        .run(
            &journal,
            |trial| if is_bad(trial) { good(trial) } else { unreachable!() },
        )
        .unwrap();
    let (_folder, other) = crate::making::journal();
    assert_eq!(mended, search.run(&other, good).unwrap());
    error.unwrap_err()
}

#[test]
fn an_error_is_told_with_its_trial_and_keeps_its_type() {
    let error = failed(|| Err(OutOfMemory));
    let words = error.to_string();
    let start =
        "the trial temperature = 4, alpha = 0.5 (seed 2, budget 1) failed: the device has no memory left. What was";
    assert!(words.starts_with(start), "{words}");
    assert!(
        words.contains("tuning.json: mend the trial and begin the same search again"),
        "{words}"
    );
    assert!(error.source().unwrap().is::<OutOfMemory>());
}

#[test]
fn a_panic_is_told_with_its_words() {
    let word = |bad: fn() -> Result<Score, &'static str>| failed(bad).to_string();
    assert!(word(|| panic!("literal")).contains("(seed 2, budget 1) failed: it panicked: literal. What"));
    assert!(word(|| panic!("of {}", 1 + 1)).contains("failed: it panicked: of 2. What"));
    assert!(word(|| panic_any(7)).contains("failed: it panicked: without words. What"));
}

/// The journal is where it was, and whoever reads it finds no half of a trial.
#[test]
fn a_full_disk_keeps_what_was_written() {
    let (folder, journal) = journal();
    let search = search(grid(&[1.0, 2.0, 4.0], &[0.5])).with_seeds([1]);
    let moved = folder.path().join("moved.json");
    let error = search.run(&journal, |trial| {
        if trial.value("temperature") == 2.0 {
            // A folder with contents in its place cannot be replaced by a file.
            std::fs::rename(&journal, &moved).unwrap();
            std::fs::create_dir_all(journal.join("in the way")).unwrap();
        }
        good(trial)
    });
    let error = error.unwrap_err();
    assert!(matches!(error, kd::Error::Write { .. }), "{error}");
    assert_eq!(Tuned::load(&moved).unwrap().trials().count(), 1);
}
