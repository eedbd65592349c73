//! Teachers stay as they are, and what a loss owns learns.

use burn::{
    module::Module,
    nn::{BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Distribution, Tensor},
};
use kd::{Projected, prelude::*, soft_label::SoftLabelLoss};
use kd_testkit::{assert_close, device, laws, read, within};

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

/// The statistics are the batch's, and what they would have done to the running ones is undone; dropout stays off.
#[test]
fn a_frozen_teacher_with_batch_statistics_never_changes() {
    let device = device().autodiff();
    let network = Network::new(&device);
    let teacher = Frozen::with_batch_statistics(network.clone(), |network: &Network, x| network.forward(x));
    let x = input(&device);
    let before = read(teacher.teach(x.clone()));
    let kd = SoftLabelLossConfig::new().init();
    laws::a_teacher_never_changes(teacher.module(), || {
        let (student, x) = (Network::new(&device), input(&device));
        let loss = kd.forward(student.forward(x.clone()), teacher.teach(x));
        step(student, loss);
    });
    assert_eq!(
        before,
        read(teacher.teach(x.clone())),
        "dropout is on, or statistics have moved"
    );

    let hidden = network.inner.forward(x).without_autodiff();
    let [mean, centred] = [hidden.clone().mean_dim(0), hidden.clone() - hidden.mean_dim(0)];
    assert!(mean.abs().max().into_scalar::<f32>() > 0.1, "nothing to normalise");
    let deviation = (centred.clone().square().mean_dim(0) + network.norm.epsilon).sqrt();
    let expected = network.outer.valid().forward(centred / deviation);
    assert_close("taught", &before, &read(expected), within(1e-5));
}

/// A module that was frozen, or made off the graph, and an input that was: the weights before the norm bring it there.
#[test]
fn batch_statistics_do_not_depend_on_where_the_module_comes_from() {
    let autodiff = device().autodiff();
    let network = Network::new(&autodiff);
    let run = |network: &Network, x| network.forward(x);
    let x = input(&device());
    let expected = read(Frozen::with_batch_statistics(network.clone(), run).teach(Tensor::from_inner(x.clone())));
    for module in [network.clone(), network.clone().freeze(), network.valid()] {
        let taught = Frozen::with_batch_statistics(module, run).teach(x.clone());
        assert!(!taught.is_autodiff());
        assert_eq!(read(taught), expected);
    }
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
