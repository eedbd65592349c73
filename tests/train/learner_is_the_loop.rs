//! Burn's learner and a loop by hand come to the same student.

use burn::data::dataloader::DataLoader;
use burn::module::Module;
use burn::optim::GradientsParams;
use kd::prelude::*;
use kd::rows;
use kd::train::Batch;
use kd_testkit::{contents, device};

use crate::model::{Network, RATE, SIZE, loader, model, optimizer, teacher, train};
use crate::rules::assert_same;

/// As a reader of Burn's guide would write it.
fn by_hand(epochs: usize) -> Network {
    let device = device().autodiff();
    let teacher = teacher(&device);
    let soft = SoftLabelLossConfig::new().with_temperature(4.0).init();
    let loader = loader(SIZE).to_device(&device);
    let mut student = Network::new(5, &device);
    let mut optimizer = optimizer();
    for _ in 0..epochs {
        for batch in loader.iter() {
            let batch = batch.unwrap();
            let logits = student.forward(batch.input());
            let hard = rows::cross_entropy(logits.clone(), batch.labels.clone().unwrap()).mean();
            let soft = soft.forward(logits, teacher.teach(batch.input()));
            let loss = soft * 0.75 + hard * 0.25;
            let gradients = GradientsParams::from_grads(loss.backward(), &student);
            student = optimizer.step(RATE, student, gradients);
        }
    }
    student
}

#[test]
fn they_come_to_the_same_student() {
    let folder = tempfile::tempdir().unwrap();
    let result = train(folder.path(), model(&device().autodiff()), 3);
    assert!(result.error.is_none(), "{:?}", result.error);
    assert_same(
        "the student",
        &contents(&result.model.into_student()),
        &contents(&by_hand(3).valid()),
    );
}
