//! Sizes, operations and times, and who may stand in between.

use std::{cell::RefCell, thread::sleep, time::Duration};

use burn::nn::{Linear, LinearConfig};
use kd::diagnose::{CapacityReport, Level, operations};
use kd_testkit::device;

fn linear(outputs: usize) -> Linear {
    LinearConfig::new(9, outputs).init(&device())
}

fn advice(capacity: CapacityReport) -> Vec<(Level, String)> {
    capacity
        .advice()
        .into_iter()
        .map(|advice| (advice.level, advice.text))
        .collect()
}

#[test]
fn beyond_five_times_a_chain_is_proposed() {
    let far = CapacityReport::of(&linear(1), &linear(40));
    assert_eq!(far.ratio(), 40.0);
    assert_eq!(far.chain().unwrap().stages(), [400, 117, 34, 10]);
    let text = advice(far).into_iter().find(|(_, text)| text.starts_with("A chain"));
    assert!(text.unwrap().1.contains("400 → 117 → 34 → 10 parameters"));
    let near = CapacityReport::of(&linear(1), &linear(5));
    assert_eq!(near.chain(), None);
    assert!(advice(near).iter().all(|(_, text)| !text.contains("chain")));
}

#[test]
fn the_wrong_way_round_is_said() {
    let turned = CapacityReport::of(&linear(4), &linear(2));
    assert_eq!(turned.chain(), None);
    let said = advice(turned)
        .into_iter()
        .any(|(level, text)| level == Level::Warning && text.contains("(student, teacher)"));
    assert!(said);
}

#[test]
fn times_are_measured_in_turns() {
    let order = RefCell::new(String::new());
    let pass = |name: char, time: u64| {
        order.borrow_mut().push(name);
        sleep(Duration::from_millis(time));
    };
    let capacity = CapacityReport::of(&linear(1), &linear(2)).timed(&device(), 3, || pass('s', 2), || pass('t', 20));
    let timing = capacity.timing.unwrap();
    assert_eq!(timing.rounds, 3);
    assert!(timing.student >= 2e-3 && timing.teacher >= 20e-3, "{timing:?}");
    assert!(timing.ratio > 1.0, "{timing:?}");
    assert_eq!(order.into_inner(), "ststststst");
}

#[test]
fn a_student_that_is_lighter_and_hardly_faster_is_told() {
    let same = || sleep(Duration::from_millis(5));
    let capacity = CapacityReport::of(&linear(1), &linear(4))
        .with_operations(10, 1000)
        .timed(&device(), 3, same, same);
    let said = advice(capacity)
        .into_iter()
        .any(|(_, text)| text.starts_with("The student is 100× lighter and "));
    assert!(said);
}

#[test]
fn operations_are_what_is_multiplied() {
    assert_eq!(operations::linear(3, 4, 5), 60);
    assert_eq!(operations::attention(10, 4), 800);
    let capacity = CapacityReport::of(&linear(1), &linear(2)).with_operations(9, 18);
    assert_eq!(capacity.operations.unwrap().ratio(), 2.0);
}

#[test]
#[should_panic(expected = "the student's operations is 0")]
fn no_operations_panic() {
    let _ = CapacityReport::of(&linear(1), &linear(2)).with_operations(0, 18);
}

#[test]
#[should_panic(expected = "the number of rounds is 0")]
fn no_rounds_panic() {
    let _ = CapacityReport::of(&linear(1), &linear(2)).timed(&device(), 0, || (), || ());
}
