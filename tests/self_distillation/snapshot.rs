//! Cyclic learning rates, and the snapshots at their ends.

use burn::tensor::Tensor;
use kd::{
    prelude::*,
    self_distillation::{CyclicScheduleConfig, Generations},
};
use kd_testkit::{assert_close, contents, device, laws, within};

use crate::{
    folder::Folder,
    network::{Network, input, step},
};

/// By hand: cos(0), cos(π/4), cos(π/2), cos(3π/4), twice.
#[test]
fn each_cycle_is_half_a_cosine_from_the_peak() {
    let schedule = CyclicScheduleConfig::new(0.2, 8, 2).init();
    let rates: Vec<f64> = (0..8).map(|step| schedule.at(step)).collect();
    let root = 0.5f64.sqrt();
    let cycle = [0.2, 0.1 * (1.0 + root), 0.1, 0.1 * (1.0 - root)];
    assert_close("rates", &rates, &[cycle, cycle].concat(), within(1e-15));
    assert!(rates.iter().all(|&rate| rate > 0.0));
}

#[test]
fn a_snapshot_is_taken_at_the_end_of_each_cycle_and_of_the_last_if_it_is_cut_short() {
    let ends = |steps, cycles| {
        let schedule = CyclicScheduleConfig::new(0.1, steps, cycles).init();
        let ends = (0..steps).filter_map(|step| schedule.snapshot(step).map(|cycle| (step, cycle)));
        ends.collect::<Vec<_>>()
    };
    assert_eq!(ends(6, 3), [(1, 0), (3, 1), (5, 2)]);
    assert_eq!(ends(7, 2), [(3, 0), (6, 1)]);
    assert_eq!(ends(10, 6), [(1, 0), (3, 1), (5, 2), (7, 3), (9, 4)]);
    assert_eq!(ends(1, 1), [(0, 0)]);
    let schedule = CyclicScheduleConfig::new(0.1, 7, 2).init();
    let cycles: Vec<usize> = (0..7).map(|step| schedule.cycle(step)).collect();
    assert_eq!(cycles, [0, 0, 0, 0, 1, 1, 1]);
}

/// The teacher of a cycle is the end of the one before, also for a run that was stopped in between.
#[test]
fn the_end_of_a_cycle_teaches_the_next() {
    let device = device().autodiff();
    let folder = Folder::new("snapshots");
    let snapshots = Generations::in_folder(&folder).unwrap();
    let rates = CyclicScheduleConfig::new(0.1, 6, 3).init();
    let kd = SoftLabelLossConfig::new().init();
    let mut network = Network::new(&device);
    type Run = fn(&Network, Tensor<2>) -> Tensor<2>;
    let mut teacher: Option<Frozen<Network, Run>> = None;
    for t in 0..6 {
        if let Some(before) = rates.cycle(t).checked_sub(1) {
            let again = snapshots.load(before, &network).unwrap();
            assert_eq!(contents(&again), contents(teacher.as_ref().unwrap().module()));
        }
        let x = input(&device);
        let said = network.forward(x.clone());
        let loss = match &teacher {
            Some(teacher) => kd.forward(said, teacher.teach(x)),
            None => said.square().mean(),
        };
        network = step(network, loss);
        if let Some(cycle) = rates.snapshot(t) {
            snapshots.save(cycle, &network).unwrap();
            teacher = Some(Frozen::new(network.clone(), Network::forward as _));
        }
    }
    assert_eq!(snapshots.numbers().unwrap(), [0, 1, 2]);

    // The network it was taken of learns on, with the same statistics in its normalisation.
    let teacher = teacher.unwrap();
    let mut learner = Some(network);
    laws::a_teacher_never_changes(teacher.module(), || {
        let network = learner.take().unwrap();
        let x = input(&device);
        let loss = kd.forward(network.forward(x.clone()), teacher.teach(x));
        learner = Some(step(network, loss));
    });
}

#[test]
fn impossible_schedules_are_errors_that_say_what_to_do() {
    for (peak, steps, cycles, expected) in [
        (0.0, 1, 1, "peak is 0, but must be a finite number above 0"),
        (f64::NAN, 1, 1, "peak is NaN, but must be a finite number above 0"),
        (0.1, 0, 1, "steps is 0, but must be at least 1"),
        (0.1, 1, 0, "cycles is 0, but must be at least 1"),
        (0.1, 2, 3, "cycles is 3, but must be at most the number of steps"),
    ] {
        let error = CyclicScheduleConfig::new(peak, steps, cycles).try_init().unwrap_err();
        assert_eq!(error.to_string(), format!("CyclicScheduleConfig: {expected}"));
    }
}
