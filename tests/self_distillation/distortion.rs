//! Two distorted views of the same samples, each taught by the other.

use burn::tensor::Tensor;
use kd::{
    DistillLoss,
    self_distillation::{DistortionLoss, DistortionLossConfig},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, within};

/// The first view as the student and the second as the teacher, of whom then only the first gets a gradient.
#[derive(Clone)]
struct First(DistortionLoss);

impl<const D: usize> DistillLoss<Tensor<D>> for First {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        self.0.per_sample([student, teacher.without_autodiff()], ())
    }
}

fn first(config: &DistortionLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(First(config.init()))
}

#[test]
fn golden() {
    golden::check("distortion.json", &device(), &DistortionLossConfig::new(), first);
}

// Each view teaches as well, without a gradient, so the gradient is not the slope of the value.
laws!(default: [any_but_slope, divergence, covered_softmax], first(&DistortionLossConfig::new()));
laws!(tokens_t1: [any_but_slope, divergence, covered_softmax],
    Subject::new::<Tensor<3>, Tensor<3>>(First(DistortionLossConfig::new().with_temperature(1.0).init())));

#[test]
fn temperature_keeps_the_gradient() {
    laws::temperature_keeps_the_gradient(|t| first(&DistortionLossConfig::new().with_temperature(t)));
}

/// The value is the same whichever view comes first, and the gradients are opposite: T · (p − q) / rows and T · (q − p) / rows.
#[test]
fn both_views_learn() {
    let device = device().autodiff();
    let views = [[[2.0, -1.0, 0.5], [0.0, 1.0, 4.0]], [[1.0, 1.0, -2.0], [3.0, 0.0, 0.5]]];
    let [first, second] = views.map(|view| Tensor::<2>::from_floats(view, &device).require_grad());
    let loss = DistortionLossConfig::new().with_temperature(2.0).init();
    let there = loss.forward([first.clone(), second.clone()], ());
    let back = loss.forward([second.clone(), first.clone()], ());
    let gradients = there.backward();
    let read = |tensor: Tensor<2>| tensor.into_data().iter::<f64>().collect::<Vec<_>>();
    let probs = views.map(|view| view.map(|row| row.map(|logit: f64| (logit / 2.0).exp())));
    let share = |view: usize, row: usize, class: usize| probs[view][row][class] / probs[view][row].iter().sum::<f64>();
    let expected: Vec<f64> = (0..6)
        .map(|at| share(0, at / 3, at % 3) - share(1, at / 3, at % 3))
        .collect();
    assert_close("first", &read(first.grad(&gradients).unwrap()), &expected, within(1e-6));
    let opposite: Vec<f64> = expected.iter().map(|x| -x).collect();
    assert_close(
        "second",
        &read(second.grad(&gradients).unwrap()),
        &opposite,
        within(1e-6),
    );
    let values = [there, back].map(|value| value.into_scalar::<f64>());
    assert_close("values", &values[..1], &values[1..], within(1e-6));
}

#[test]
#[should_panic(
    expected = "DistortionLoss: the first view has shape [2, 3] and the second [2, 4]; they differ at axis 1"
)]
fn views_of_unequal_classes() {
    let view = |classes| Tensor::<2>::zeros([2, classes], &device());
    let _ = DistortionLossConfig::new().init().forward([view(3), view(4)], ());
}
