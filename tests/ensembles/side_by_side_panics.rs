//! What is said when a member that runs beside others fails, or does not fit them.

use std::{
    panic::panic_any,
    sync::{Mutex, mpsc},
};

use kd::{Teacher, ensemble::Ensemble};

use crate::side_by_side::{PATIENCE, boxed, input};

#[test]
#[should_panic(expected = "SideBySide: member 1 panicked: no file for sample 7")]
fn a_member_that_panics_is_named() {
    let good = || boxed(|input| input);
    let bad = boxed(|_| panic!("no file for sample {}", 3 + 4));
    Ensemble::new([good(), bad, good()]).side_by_side().teach(input());
}

/// In the order of the members, though the second panics before the first.
#[test]
#[should_panic(expected = "SideBySide: member 0 panicked: late")]
fn of_several_that_panic_it_is_the_first() {
    let (failed, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let late = boxed(move |_| {
        // The sender is dropped when its member panics.
        let heard = wait.lock().unwrap().recv_timeout(PATIENCE);
        assert_eq!(heard, Err(mpsc::RecvTimeoutError::Disconnected));
        panic!("late")
    });
    let failed = Mutex::new(Some(failed));
    let early = boxed(move |_| {
        let _dropped = failed.lock().unwrap().take();
        panic!("early")
    });
    Ensemble::new([late, early]).side_by_side().each(input());
}

#[test]
#[should_panic(expected = "SideBySide: member 0 panicked: without words")]
fn a_panic_without_words_is_passed_on_as_well() {
    Ensemble::new([boxed(|_| panic_any(7))]).side_by_side().teach(input());
}

#[test]
#[should_panic(expected = "Ensemble: member 0 has shape [2, 3] and member 1 [1, 3]")]
fn members_of_other_samples_panic() {
    let members = [boxed(|input| input), boxed(|input| input.narrow(0, 0, 1))];
    Ensemble::new(members).side_by_side().teach(input());
}

#[test]
#[should_panic(expected = "Ensemble: member 1 says no distribution in row 0")]
fn a_member_that_is_not_a_number_is_named() {
    let members = [boxed(|input| input), boxed(|input| input * f32::NAN)];
    Ensemble::new(members).checked(true).side_by_side().teach(input());
}
