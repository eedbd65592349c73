//! A run that is taken up from a checkpoint goes on as if it had not been interrupted.

use std::fs;

use burn::module::Module;
use burn::store::ModuleRecord;
use burn::train::Learner;
use burn::train::logger::{FileMetricLogger, MetricLogger};
use burn::train::metric::LossMetric;
use burn::train::metric::store::Split;
use kd_testkit::{contents, device};

use crate::model::{Network, RATE, SIZE, loader, model, optimizer, train, training};
use crate::rules::assert_same;

#[test]
fn it_ends_where_the_uninterrupted_run_ends() {
    let device = device().autodiff();
    let (whole, broken) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let expected = train(whole.path(), model(&device), 4);

    train(broken.path(), model(&device), 2);
    let resumed = training(broken.path(), loader(SIZE).resumed_after(2), loader(SIZE).in_order())
        .checkpoint(2)
        .num_epochs(4)
        .launch(Learner::new(model(&device), optimizer(), RATE));

    assert_eq!(resumed.model.steps(), 16);
    assert_same(
        "the student",
        &contents(resumed.model.student()),
        &contents(expected.model.student()),
    );
}

/// Burn writes the loss of every step to its log.
fn losses(folder: &std::path::Path, epoch: usize) -> Vec<Vec<f64>> {
    let logged = FileMetricLogger::new(folder).read_numeric("Loss", epoch, &Split::Train);
    vec![logged.unwrap().iter().map(|entry| entry.current()).collect()]
}

#[test]
fn its_next_loss_is_the_one_that_would_have_come() {
    let device = device().autodiff();
    let run = |folder: &std::path::Path, from: Option<usize>, epochs: usize| {
        let start = from.unwrap_or(0);
        let mut training = training(folder, loader(SIZE).resumed_after(start), loader(SIZE).in_order())
            .metrics((LossMetric::new(),))
            .num_epochs(epochs);
        if let Some(epoch) = from {
            training = training.checkpoint(epoch);
        }
        training.launch(Learner::new(model(&device), optimizer(), RATE));
    };
    let (whole, broken) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(whole.path(), None, 2);
    run(broken.path(), None, 1);
    run(broken.path(), Some(1), 2);
    assert_same("the losses", &losses(broken.path(), 2), &losses(whole.path(), 2));
}

/// Nothing of the teacher is in it: it is a few hundred numbers large, and the student has a few dozen.
#[test]
fn a_checkpoint_holds_the_student_and_a_count_of_steps() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    let result = train(folder.path(), model(&device), 1);
    let file = folder.path().join("checkpoint/model-1.bpk");
    let record = ModuleRecord::load(&file).unwrap();
    let student = result.model.student().clone().into_record();
    assert_eq!(record.len(), student.len() + 1);

    let plain = folder.path().join("student.bpk");
    student.save(&plain).unwrap();
    let more = fs::metadata(&file).unwrap().len() - fs::metadata(&plain).unwrap().len();
    assert!(more < 600, "{more} bytes more than the student alone");
}

#[test]
fn the_student_that_comes_out_is_a_plain_record() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    let student = train(folder.path(), model(&device), 1).model.into_student();
    let file = folder.path().join("student.bpk");
    student.clone().save_file(&file).unwrap();
    let loaded = Network::new(5, &device).load_file(&file);
    assert_eq!(contents(&loaded), contents(&student));
}
