//! The way a teacher went: which checkpoint teaches when.

use burn::module::Module;
use kd::{
    prelude::*,
    self_distillation::{Generations, Route},
};
use kd_testkit::{contents, device, for_each, laws};

use crate::{
    folder::Folder,
    network::{Network, input, step},
};

#[test]
fn anchors_are_evenly_spaced_and_end_with_the_finished_teacher() {
    let anchors = |anchors, checkpoints: &[usize]| Route::evenly(checkpoints, anchors, 1).unwrap().anchors().to_vec();
    let every_tenth: Vec<usize> = (1..=20).map(|i| 10 * i).collect();
    assert_eq!(anchors(4, &every_tenth), [50, 100, 150, 200]);
    assert_eq!(anchors(1, &every_tenth), [200]);
    assert_eq!(anchors(20, &every_tenth), every_tenth);
    for_each((1usize..40, 0usize..40), |(count, more)| {
        let checkpoints: Vec<usize> = (0..count + more).map(|i| 3 * i).collect();
        let found = anchors(count, &checkpoints);
        assert_eq!((found.len(), found.last()), (count, checkpoints.last()));
        let gaps: Vec<usize> = found.windows(2).map(|pair| (pair[1] - pair[0]) / 3).collect();
        let even = checkpoints.len() / count;
        assert!(gaps.iter().all(|gap| (even..=even + 1).contains(gap)), "{gaps:?}");
    });
}

#[test]
fn the_student_climbs_and_stays_at_the_top() {
    let route = Route::new([3, 7, 8], 2).unwrap();
    let taught_by: Vec<usize> = (0..8).map(|epoch| route.at(epoch)).collect();
    assert_eq!(taught_by, [3, 3, 7, 7, 8, 8, 8, 8]);
    assert_eq!((route.epochs(), route.at(usize::MAX)), (6, 8));
}

/// Each anchor is the teacher as it was then, whatever became of it, and stays so while it teaches.
#[test]
fn checkpoints_teach_as_they_were() {
    let device = device().autodiff();
    let folder = Folder::new("route");
    let checkpoints = Generations::in_folder(&folder).unwrap();
    let mut teacher = Network::new(&device);
    let mut were = Vec::new();
    for epoch in 0..4 {
        let loss = teacher.forward(input(&device)).square().mean();
        teacher = step(teacher, loss);
        checkpoints.save(epoch, &teacher).unwrap();
        were.push(contents(&teacher.valid()));
    }
    let route = Route::evenly(&checkpoints.numbers().unwrap(), 2, 1).unwrap();
    let kd = SoftLabelLossConfig::new().init();
    for (epoch, anchor) in [1, 3].into_iter().enumerate() {
        let loaded = checkpoints.load(route.at(epoch), &teacher).unwrap();
        let anchored = Frozen::new(loaded, Network::forward);
        assert_eq!(contents(anchored.module()), were[anchor]);
        laws::a_teacher_never_changes(anchored.module(), || {
            let (student, x) = (Network::new(&device), input(&device));
            let loss = kd.forward(student.forward(x.clone()), anchored.teach(x));
            step(student, loss);
        });
    }
}

#[test]
fn impossible_routes_are_errors_that_say_what_to_do() {
    let told = |route: Result<Route, kd::Error>, expected: &str| {
        assert_eq!(route.unwrap_err().to_string(), expected);
    };
    told(
        Route::new([], 1),
        "Route: the number of anchors is 0, but must be at least 1",
    );
    told(
        Route::new([1, 3, 3], 1),
        "Route: an anchor is 3, but must be above the one before",
    );
    told(Route::new([1], 0), "Route: each is 0, but must be at least 1");
    told(
        Route::evenly(&[1, 2], 3, 1),
        "Route: the number of anchors is 3, but must be at most the number of checkpoints there are",
    );
    told(
        Route::evenly(&[1, 2], 0, 1),
        "Route: the number of anchors is 0, but must be at least 1",
    );
    told(
        Route::evenly(&[2, 1], 1, 1),
        "Route: a checkpoint is 1, but must be above the one before",
    );
}
