//! The label, and another sample of the same class.

use burn::tensor::Tensor;
use kd::{
    DistillLoss, Labelled,
    self_distillation::{ClassWiseLoss, ClassWiseLossConfig},
};
use kd_testkit::{Subject, device, golden, laws};

fn class_wise(config: &ClassWiseLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

#[test]
fn golden() {
    golden::check("class_wise.json", &device(), &ClassWiseLossConfig::new(), class_wise);
}

laws!(default: [any, softmax], class_wise(&ClassWiseLossConfig::new()));
laws!(strong_t1: [any, softmax], class_wise(&ClassWiseLossConfig::new().with_temperature(1.0).with_weight(3.0)));
laws!(label_only: [any, softmax], class_wise(&ClassWiseLossConfig::new().with_weight(0.0)));

fn loss() -> ClassWiseLoss {
    ClassWiseLossConfig::new().init()
}

#[test]
#[should_panic(expected = "ClassWiseLoss: label 7 is not a class; with 3 classes labels run from 0 to 2")]
fn a_label_that_is_no_class() {
    let (logits, labels) = (Tensor::<2>::zeros([1, 3], &device()), Tensor::from_ints([7], &device()));
    let _ = loss().forward(logits.clone(), Labelled::new(logits, labels));
}

#[test]
#[should_panic(expected = "ClassWiseLoss: the student has shape [2, 3] and the teacher [1, 3]")]
fn a_sample_without_a_partner() {
    let logits = |rows| Tensor::<2>::zeros([rows, 3], &device());
    let labels = Tensor::from_ints([0, 1], &device());
    let _ = loss().forward(logits(2), Labelled::new(logits(1), labels));
}
