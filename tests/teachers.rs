//! Teachers stay as they are, and what a loss owns learns.

use burn::{
    module::Module,
    nn::{BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Distribution, Tensor},
};
use kd::{Projected, prelude::*, soft_label::SoftLabelLoss};
use kd_testkit::{device, laws, read};

/// A network with everything a teacher may not do: dropout, and batch normalisation.
#[derive(Module, Debug)]
struct Network {
    inner: Linear,
    norm: BatchNorm,
    dropout: Dropout,
    outer: Linear,
}

impl Network {
    fn new(device: &Device) -> Self {
        Self {
            inner: LinearConfig::new(6, 16).init(device),
            norm: BatchNormConfig::new(16).init(device),
            dropout: DropoutConfig::new(0.5).init(),
            outer: LinearConfig::new(16, 4).init(device),
        }
    }

    fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        let hidden = self.norm.forward(self.inner.forward(input));
        self.outer.forward(self.dropout.forward(hidden))
    }
}

fn input(device: &Device) -> Tensor<2> {
    Tensor::random([32, 6], Distribution::Normal(1.0, 2.0), device)
}

fn step(student: Network, loss: Tensor<1>) -> Network {
    let gradients = GradientsParams::from_grads(loss.backward(), &student);
    SgdConfig::new().init().step(0.1, student, gradients)
}

#[test]
fn a_frozen_teacher_never_changes() {
    let device = device().autodiff();
    let teacher = Frozen::new(Network::new(&device), |network, x| network.forward(x));
    let kd = SoftLabelLossConfig::new().init();
    laws::a_teacher_never_changes(teacher.module(), || {
        let (student, x) = (Network::new(&device), input(&device));
        let loss = kd.forward(student.forward(x.clone()), teacher.teach(x));
        step(student, loss);
    });
}

/// The original may go on training; the teacher made of it stays.
#[test]
fn a_frozen_teacher_does_not_follow_its_original() {
    let device = device().autodiff();
    let mut original = Network::new(&device);
    let teacher = Frozen::new(original.clone(), |network: &Network, x| network.forward(x));
    let probe = input(&device);
    let before = read(teacher.teach(probe.clone()));
    for _ in 0..3 {
        let loss = original.forward(input(&device)).square().mean();
        original = step(original, loss);
    }
    assert_eq!(before, read(teacher.teach(probe)));
}

#[test]
fn a_frozen_teacher_gives_the_same_answer_twice() {
    let device = device().autodiff();
    let teacher = Frozen::new(Network::new(&device), |network, x| network.forward(x));
    let x = input(&device);
    assert_eq!(read(teacher.teach(x.clone())), read(teacher.teach(x)));
}

#[test]
fn a_frozen_teacher_is_off_the_graph_even_if_its_input_is_tracked() {
    let device = device().autodiff();
    let teacher = Frozen::new(Network::new(&device), |network, x| network.forward(x));
    let x = input(&device).require_grad();
    let logits = teacher.teach(x);
    assert!(!logits.is_autodiff() && !logits.is_tracked());
}

#[test]
fn a_projector_learns_with_its_loss() {
    let device = device().autodiff();
    let projected: Projected<Linear, SoftLabelLoss> =
        Projected::new(LinearConfig::new(6, 4).init(&device), SoftLabelLossConfig::new().init());
    let teacher = Tensor::<2>::random([32, 4], Distribution::Default, &device);
    laws::every_parameter_learns(projected, |projected| projected.forward(input(&device), teacher));
}

#[test]
fn losses_and_teachers_work_behind_pointers() {
    let device = device();
    let loss: Box<dyn DistillLoss<Tensor<2>>> = Box::new(SoftLabelLossConfig::new().init());
    let network = Network::new(&device);
    let teacher: Box<dyn Teacher<Tensor<2>, Output = Tensor<2>>> =
        Box::new(Frozen::new(network.clone(), |network: &Network, x| network.forward(x)));
    let x = input(&device);
    let value = loss.forward(network.valid().forward(x.clone()), teacher.teach(x));
    assert!(value.into_scalar::<f32>().abs() < 1e-6);
}
