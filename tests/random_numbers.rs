//! A teacher draws no random numbers, so the student's dropout is the same with and without one.
//!
//! A file of its own: the random numbers are the whole process's, and other tests draw some too.

use burn::{
    nn::DropoutConfig,
    tensor::{Distribution, Tensor},
};
use kd::prelude::*;
use kd_testkit::{device, read};

#[test]
fn a_frozen_teacher_leaves_the_random_numbers_alone() {
    let device = device().autodiff();
    let dropout = DropoutConfig::new(0.5).init();
    let teacher = Frozen::new(dropout.clone(), |dropout, x: Tensor<2>| dropout.forward(x));
    let x = Tensor::<2>::ones([8, 8], &device);
    let draw = || read(Tensor::<1>::random([8], Distribution::Default, &device));

    device.seed(7);
    let without = draw();
    device.seed(7);
    let _ = read(teacher.teach(x.clone()));
    assert_eq!(without, draw());

    device.seed(7);
    let _ = read(dropout.forward(x));
    assert_ne!(without, draw(), "a module that is not frozen does draw");
}
