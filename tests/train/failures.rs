//! A teacher that fails in the middle, and a checkpoint of something else: finished work stays.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::Tensor;
use burn::train::Learner;
use kd::train::Distillation;
use kd::{Teacher, teacher_fn};
use kd_testkit::{contents, device};

use crate::model::{Model, Network, RATE, SIZE, loader, model, objective, optimizer, teacher, train, training};
use crate::rules::assert_same;

/// Four questions an epoch in training, and four in validation.
const FAILS_AT: usize = 10;

#[test]
fn a_teacher_that_fails_in_the_second_epoch_costs_that_epoch_alone() {
    let device = device().autodiff();
    let whole = tempfile::tempdir().unwrap();
    let expected = train(whole.path(), model(&device), 2);

    let folder = tempfile::tempdir().unwrap();
    let (lasting, asked) = (teacher(&device), Arc::new(AtomicUsize::new(0)));
    let failing = teacher_fn(move |points: Tensor<2>| {
        assert!(asked.fetch_add(1, Ordering::Relaxed) < FAILS_AT, "the teacher is gone");
        lasting.teach(points)
    });
    let broken: Model = Distillation::new(Network::new(5, &device), failing, objective(4.0, 0.75));
    let run = std::panic::AssertUnwindSafe(|| train(folder.path(), broken, 2));
    let panic = std::panic::catch_unwind(run).err().expect("the teacher fails");
    assert_eq!(panic.downcast_ref(), Some(&"the teacher is gone"));

    let resumed = training(folder.path(), loader(SIZE).resumed_after(1), loader(SIZE).in_order())
        .checkpoint(1)
        .num_epochs(2)
        .launch(Learner::new(model(&device), optimizer(), RATE));
    assert_same(
        "the student",
        &contents(resumed.model.student()),
        &contents(expected.model.student()),
    );
}

#[test]
#[should_panic(expected = "the checkpoint is of another objective; go on with")]
fn the_learner_refuses_the_checkpoint_of_another_objective() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    train(folder.path(), model(&device), 1);
    let other: Model = Distillation::new(Network::new(5, &device), teacher(&device), objective(5.0, 0.75));
    training(folder.path(), loader(SIZE), loader(SIZE))
        .checkpoint(1)
        .num_epochs(2)
        .launch(Learner::new(other, optimizer(), RATE));
}
