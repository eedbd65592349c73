//! Side by side as one after the other, whoever ends first.

use std::{
    collections::HashSet,
    fs,
    sync::{
        Barrier, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, sleep},
    time::Duration,
};

use kd::tune::{Search, Tuned};

use crate::making::{grid, journal, scored, search, valley};

fn halving() -> Search {
    search(grid(&[1.0, 2.0, 4.0, 8.0], &[0.5, 0.7, 0.9]))
        .with_seeds([3, 1])
        .with_halving([1, 2], 3)
}

#[test]
fn to_the_bit_as_one_after_the_other() {
    let (_folder, path) = journal();
    let serial = halving().run(&path, |trial| scored(trial, valley(trial))).unwrap();
    let file = fs::read(&path).unwrap();
    for devices in [1, 2, 5] {
        let (_folder, path) = journal();
        let devices: Vec<u64> = (0..devices).collect();
        let parallel = halving().run_on(&devices, &path, |trial, device| {
            // Later ones end sooner, and every device is as slow as it likes.
            sleep(Duration::from_micros(
                (trial.value("temperature") * 900.0) as u64 % 1700 * (1 + device % 3),
            ));
            scored(trial, valley(trial))
        });
        assert_eq!(parallel.unwrap(), serial);
        assert_eq!(fs::read(&path).unwrap(), file);
    }
}

/// Both are waited for by one another, so one after the other would wait for ever.
#[test]
fn as_many_run_as_there_are_devices_and_none_has_two() {
    let (_folder, journal) = journal();
    let both = Barrier::new(2);
    let busy = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let threads = Mutex::new(HashSet::new());
    let search = search(grid(&[1.0, 2.0], &[0.5])).with_seeds([1, 2]);
    let tuned = search.run_on(&[0, 1], &journal, |trial, &device: &usize| {
        assert_eq!(busy[device].fetch_add(1, SeqCst), 0);
        both.wait();
        threads.lock().unwrap().insert(thread::current().id());
        busy[device].fetch_sub(1, SeqCst);
        scored(trial, valley(trial))
    });
    assert_eq!(tuned.unwrap().trials().count(), 4);
    assert_eq!(threads.into_inner().unwrap().len(), 2);
}

/// The first in order is told, though the second fails before it, and what runs beside them is kept.
#[test]
fn of_several_that_fail_it_is_the_first() {
    let (_folder, journal) = journal();
    let all = Barrier::new(3);
    let search = search(grid(&[1.0, 2.0, 4.0], &[0.5])).with_seeds([1]);
    let error = search.run_on(&["a", "b", "c"], &journal, |trial, _| {
        all.wait();
        match trial.value("temperature") {
            1.0 => {
                sleep(Duration::from_millis(20));
                Err("late")
            }
            2.0 => Err("early"),
            _ => {
                sleep(Duration::from_millis(40));
                Ok(scored(trial, 0.5))
            }
        }
    });
    let error = error.unwrap_err().to_string();
    assert!(
        error.starts_with("the trial temperature = 1, alpha = 0.5 (seed 1, budget 1) failed: late"),
        "{error}"
    );
    let kept = Tuned::load(&journal).unwrap();
    let kept: Vec<f64> = kept.trials().map(|trial| trial.point.value("temperature")).collect();
    assert_eq!(kept, [4.0]);
}

/// Which may have a larger stack than others, and what it keeps for itself.
#[test]
fn one_device_needs_no_other_thread() {
    let (_folder, journal) = journal();
    let own = thread::current().id();
    let search = search(grid(&[1.0], &[0.5])).with_seeds([1]);
    let tuned = search.run(&journal, |trial| {
        assert_eq!(thread::current().id(), own);
        scored(trial, 0.5)
    });
    assert_eq!(tuned.unwrap().trials().count(), 1);
}

#[test]
fn without_devices_nothing_runs() {
    let (_folder, journal) = journal();
    let error = search(grid(&[1.0], &[0.5])).run_on::<(), _>(&[], &journal, |trial, ()| scored(trial, 0.5));
    assert_eq!(
        error.unwrap_err().to_string(),
        "Search: the number of devices is 0, but must be at least 1"
    );
    assert!(!journal.exists());
}
