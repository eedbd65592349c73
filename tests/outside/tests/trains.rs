//! The outsider's loss trains a student, and keeps the promises of `DistillLoss`.

use burn::{
    nn::{Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Distribution, Tensor, TensorData},
};
use kd_core::{DistillLoss, Frozen, Teacher};
use outside::Hellinger;

const LOSS: Hellinger = Hellinger { temperature: 2.0 };

fn linear(device: &Device) -> Linear {
    LinearConfig::new(8, 5).init(device)
}

fn normal<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), device)
}

fn parameters(network: &Linear) -> [TensorData; 2] {
    let bias = network.bias.as_ref().expect("a Linear has a bias by default");
    [network.weight.val().into_data(), bias.val().into_data()]
}

#[test]
fn a_student_learns_from_a_teacher_that_never_changes() {
    let device = Device::flex().autodiff();
    device.seed(7);
    let mut network = linear(&device);
    // Sharper than any fresh student, so that there is something to learn.
    network.weight = network.weight.map(|weight| weight * 4.0);
    let teacher = Frozen::new(network, |network, input: Tensor<2>| network.forward(input));
    let taught_by = parameters(teacher.module());

    let inputs = normal([64, 8], &device);
    let mut student = linear(&device);
    let mut optimizer = SgdConfig::new().init();
    let mut losses = Vec::new();
    for _ in 0..300 {
        let logits = student.forward(inputs.clone());
        let loss = LOSS.forward(logits, teacher.teach(inputs.clone()));
        losses.push(loss.clone().into_scalar::<f32>());
        let grads = GradientsParams::from_grads(loss.backward(), &student);
        student = optimizer.step(5.0, student, grads);
    }

    let (first, last) = (losses[0], losses[losses.len() - 1]);
    assert!(last < first / 1000.0, "the loss fell from {first} to {last} only");
    assert_eq!(parameters(teacher.module()), taught_by);
    assert!(!teacher.teach(inputs).is_autodiff());
}

#[test]
fn the_teacher_is_a_constant_and_the_student_is_not() {
    let device = Device::flex().autodiff();
    let student = normal([3, 5], &device).require_grad();
    let teacher = normal([3, 5], &device).require_grad();

    let grads = LOSS.forward(student.clone(), teacher.clone()).backward();

    assert!(student.grad(&grads).is_some());
    assert!(teacher.grad(&grads).is_none());
}

#[test]
fn the_loss_is_chosen_at_run_time() {
    let device = Device::flex();
    let chosen: Box<dyn DistillLoss<Tensor<2>>> = Box::new(LOSS);
    let logits = normal([3, 5], &device);

    let values = chosen.per_sample(logits.clone(), logits);

    assert_eq!(values.dims(), [3]);
    assert_eq!(values.sum().into_scalar::<f32>(), 0.0);
}

#[test]
#[should_panic(expected = "Hellinger: the student has shape [3, 5] and the teacher [1, 5]")]
fn unequal_shapes_do_not_broadcast() {
    let device = Device::flex();
    LOSS.per_sample(normal([3, 5], &device), normal([1, 5], &device));
}
