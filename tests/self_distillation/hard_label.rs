//! Labels alone.

use burn::tensor::{Int, Tensor};
use kd::{
    DistillLoss, Labelled,
    self_distillation::{HardLabelLoss, HardLabelLossConfig},
    soft_label::KnowledgeDistillationLossConfig,
};
use kd_testkit::{Subject, device, golden, laws, read, waves};

fn hard_label(config: &HardLabelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<1, Int>>(config.init())
}

#[test]
fn golden() {
    golden::check("hard_label.json", &device(), &HardLabelLossConfig::new(), hard_label);
}

laws!(labels: [independent, mean, smooth, softmax], hard_label(&HardLabelLossConfig::new()));

/// All of `coupled` but unequal batches, which take a teacher that has rows of its own.
#[test]
fn laws_of_a_batch() {
    let subject = hard_label(&HardLabelLossConfig::new());
    laws::the_mean_is_of_the_values(&subject);
    laws::order_does_not_matter(&subject);
    laws::the_teacher_is_a_constant(&subject);
    laws::an_empty_batch_has_no_mean(&subject);
    laws::half_precision_is_widened(&subject);
    laws::never_negative(&subject);
}

fn loss() -> HardLabelLoss {
    HardLabelLossConfig::new().init()
}

#[test]
fn it_is_the_hard_part_of_knowledge_distillation() {
    let device = device().autodiff();
    let labels = || Tensor::from_ints([0, 2, 1, 2], &device);
    let student = waves([4, 3], 1.0, &device).require_grad();
    let value = loss().per_sample(student.clone(), labels());
    let kd = KnowledgeDistillationLossConfig::new().with_alpha(0.0).init();
    let other = student.clone().detach().require_grad();
    let expected = kd.per_sample(other.clone(), Labelled::new(waves([4, 3], 2.0, &device), labels()));
    assert_eq!(read(value.clone()), read(expected.clone()));
    let gradient = |leaf: &Tensor<2>, value: Tensor<1>| read(leaf.grad(&value.mean().backward()).unwrap());
    assert_eq!(gradient(&student, value), gradient(&other, expected));
}

fn run(shape: [usize; 2], labels: &[i32]) {
    let labels = Tensor::<1, Int>::from_ints(labels, &device());
    let _ = loss().forward(Tensor::zeros(shape, &device()), labels);
}

#[test]
#[should_panic(expected = "HardLabelLoss: label 3 is not a class; with 3 classes labels run from 0 to 2")]
fn a_label_that_is_no_class() {
    run([2, 3], &[0, 3]);
}

#[test]
#[should_panic(expected = "HardLabelLoss: there are 4 labels for 2 rows")]
fn a_label_too_many() {
    run([2, 3], &[0, 1, 1, 2]);
}
