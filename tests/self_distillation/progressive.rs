//! The label, softened by the student's own past.

use burn::tensor::Tensor;
use kd::{DistillLoss, Labelled, Schedule, rows, self_distillation::ProgressiveLossConfig};
use kd_testkit::{Subject, device, golden, laws};

fn progressive(config: &ProgressiveLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

#[test]
fn golden() {
    golden::check(
        "progressive.json",
        &device(),
        &ProgressiveLossConfig::new(),
        progressive,
    );
}

laws!(labels_only: [any, softmax], progressive(&ProgressiveLossConfig::new().with_alpha(0.0)));
laws!(mixed: [any, softmax], progressive(&ProgressiveLossConfig::new().with_alpha(0.3)));
laws!(past_only: [any, divergence, softmax], progressive(&ProgressiveLossConfig::new().with_alpha(1.0)));

/// The target by hand: where the student has hit it, nothing is left.
#[test]
fn nothing_is_left_at_the_target() {
    let device = device().autodiff();
    let past = Tensor::<2>::from_floats([[2.0, -1.0, 0.5]], &device);
    let onehot = Tensor::<2>::from_floats([[0.0, 0.0, 1.0]], &device);
    let target = onehot * 0.6 + rows::soften(past.clone(), 1.0) * 0.4;
    let student = target.log().require_grad();
    let labels = Tensor::from_ints([2], &device);

    let loss = ProgressiveLossConfig::new().with_alpha(0.4).init();
    let value = loss.forward(student.clone(), Labelled::new(past, labels));
    let gradient = student.grad(&value.backward()).unwrap();
    assert!(value.into_scalar::<f32>().abs() < 1e-6);
    assert!(gradient.abs().max().into_scalar::<f32>() < 1e-6);
}

/// alpha = 0.8 · epoch / epochs, epochs from 1, is a schedule that begins at 0.
#[test]
fn the_papers_alpha_is_a_schedule() {
    let alpha = Schedule::linear(0.0, 0.8, 300);
    for epoch in 1..=300 {
        let papers = 0.8 * epoch as f64 / 300.0;
        assert!((alpha.at(epoch) - papers).abs() < 1e-15);
    }
    assert_eq!(alpha.at(300), 0.8);
}

fn one_row(classes: usize, labels: [i32; 1]) {
    let device = device();
    let past = Tensor::<2>::zeros([1, classes], &device);
    let labels = Tensor::from_ints(labels, &device);
    let _ = ProgressiveLossConfig::new()
        .init()
        .forward(Tensor::zeros([1, 3], &device), Labelled::new(past, labels));
}

#[test]
#[should_panic(expected = "ProgressiveLoss: label 3 is not a class; with 3 classes labels run from 0 to 2")]
fn a_label_that_is_no_class() {
    one_row(3, [3]);
}

#[test]
#[should_panic(expected = "ProgressiveLoss: the student has shape [1, 3] and the teacher [1, 4]")]
fn a_past_of_other_classes() {
    one_row(4, [0]);
}
