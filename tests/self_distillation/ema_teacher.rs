//! The average as a teacher: what it leaves alone, and what it is while it teaches.

use burn::{module::Module, tensor::Device};
use kd::{prelude::*, self_distillation::EmaConfig};
use kd_testkit::{contents, device, laws, read};

use crate::network::{Network, input, step};

/// To the bit, whether somebody takes averages of it or not: parameters, statistics, and what is learnt from.
#[test]
fn the_student_notices_nothing() {
    let device = device().autodiff();
    let start = Network::new(&device);
    let batches = [(); 4].map(|()| input(&device));
    let train = |averaged: bool| {
        // Training mode copies the running statistics.
        let mut student = start.valid().train();
        let mut ema = EmaConfig::new().init(&student);
        for x in &batches {
            // Without dropout, whose numbers would be other ones.
            let loss = student.without_dropout(x.clone()).square().mean();
            student = step(student, loss);
            if averaged {
                let (ids, tracked) = (student.ids(), student.tracked());
                ema.update(&student);
                assert_eq!((ids, tracked), (student.ids(), student.tracked()));
                assert!(student.tracked().iter().any(|&tracked| tracked));
            }
        }
        contents(&student.valid())
    };
    assert_eq!(train(true), train(false));
}

#[test]
fn a_mean_teacher_never_changes_within_a_step() {
    let device = device().autodiff();
    let mut ema = EmaConfig::new().init(&Network::new(&device));
    ema.update(&Network::new(&device));
    let teacher = ema.teacher(Network::forward);
    let kd = SoftLabelLossConfig::new().init();
    laws::a_teacher_never_changes(ema.module(), || {
        let (student, x) = (Network::new(&device), input(&device));
        let taught = teacher.teach(x.clone().require_grad());
        assert!(!taught.is_autodiff() && !taught.is_tracked());
        let loss = kd.forward(student.forward(x), taught);
        step(student, loss);
    });
    let x = input(&device);
    assert_eq!(
        read(teacher.teach(x.clone())),
        read(teacher.teach(x)),
        "dropout is on, or statistics have moved"
    );
}

/// Clones of a Burn module share their running statistics; those of an average must not.
#[test]
fn what_was_taken_from_it_stays() {
    let device = device().autodiff();
    let mut ema = EmaConfig::new().init(&Network::new(&device));
    ema.update(&trained(&device));
    let (taken, teacher, x) = (ema.module().clone(), ema.teacher(Network::forward), input(&device));
    let before = (contents(&taken), read(teacher.teach(x.clone())));
    ema.update(&trained(&device));
    assert_ne!(before.0, contents(ema.module()));
    assert_eq!(before, (contents(&taken), read(teacher.teach(x))));
}

/// A network after a step.
pub fn trained(device: &Device) -> Network {
    let student = Network::new(device);
    let loss = student.forward(input(device)).square().mean();
    step(student, loss)
}
