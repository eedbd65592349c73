//! The likelihood of the teacher's features.

use burn::{
    config::Config,
    module::Param,
    nn::{Linear, LinearConfig},
    tensor::{Device, Tensor},
};
use kd::{
    DistillLoss, Projected,
    feature::{VariationalLoss, VariationalLossConfig},
};
use kd_testkit::{assert_close, device, golden, laws, read, within};

use crate::any_rank::{channels_of, shaped};

/// The parameters as they are, so that PyTorch has the same.
#[derive(Config, Debug)]
struct AlphaConfig {
    alpha: Vec<f64>,
}

fn with_alpha(alpha: &[f64], device: &Device) -> VariationalLoss {
    VariationalLoss {
        alpha: Param::from_data(alpha, device),
    }
}

#[test]
fn golden() {
    golden::check_features(
        "variational.json",
        &device(),
        &AlphaConfig::new(vec![]),
        |config, shapes| shaped(with_alpha(&config.alpha, &device()), shapes),
    );
}

/// As many channels as the features have, for laws that try several.
#[derive(Clone)]
struct OfAnyWidth;

impl<const D: usize> DistillLoss<Tensor<D>> for OfAnyWidth {
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        let config = VariationalLossConfig::new(channels_of(&student));
        config.init(&student.device()).per_sample(student, teacher)
    }
}

// With variances above 1, as before training, no value is below 0.
laws!(of_vectors: [any], Subject::new::<Tensor<2>, Tensor<2>>(OfAnyWidth));
laws!(of_tokens: [any], Subject::new::<Tensor<3>, Tensor<3>>(OfAnyWidth));
laws!(of_maps: [any], Subject::new::<Tensor<4>, Tensor<4>>(OfAnyWidth));

fn sides() -> [Tensor<2>; 2] {
    let device = device().autodiff();
    let student = [[0.5, -1.0, 2.0], [3.0, 1.5, -0.5]];
    let teacher = [[0.0, -2.0, 2.5], [1.0, 1.0, 4.0]];
    [student, teacher].map(|rows| Tensor::from_floats(rows, &device))
}

#[test]
fn variances_and_projector_learn() {
    let device = device().autodiff();
    let projected: Projected<Linear, VariationalLoss> = Projected::new(
        LinearConfig::new(3, 3).init(&device),
        VariationalLossConfig::new(3).init(&device),
    );
    let [student, teacher] = sides();
    laws::every_parameter_learns(projected, |projected| projected.forward(student, teacher));
}

/// What no golden file holds, measured.
#[test]
fn the_gradient_of_alpha_is_its_slope() {
    const STEP: f64 = 1e-2;
    let alpha = [-1.0, 0.5, 4.0];
    let loss = with_alpha(&alpha, &device().autodiff());
    let [student, teacher] = sides();
    let gradients = loss.forward(student, teacher).backward();
    let gradient = read(loss.alpha.val().grad(&gradients).unwrap());
    let value = |alpha: [f64; 3]| {
        let [student, teacher] = sides();
        read(with_alpha(&alpha, &device()).forward(student, teacher))[0]
    };
    let slopes: Vec<f64> = (0..3)
        .map(|channel| {
            let moved = |by: f64| {
                let mut alpha = alpha;
                alpha[channel] += by;
                value(alpha)
            };
            (moved(STEP) - moved(-STEP)) / (2.0 * STEP)
        })
        .collect();
    // Single precision leaves about four digits of a difference over 0.02.
    assert_close("gradient", &gradient, &slopes, within(2e-3));
}

/// Where the variance is the mean squared difference the likelihood is greatest, and the value is known.
#[test]
fn a_value_can_be_below_0() {
    let alpha = 0.01f64.exp_m1().ln(); // softplus of it is 0.01
    let student = Tensor::<2>::from_floats([[0.1, -0.1]], &device());
    let value = read(with_alpha(&[alpha; 2], &device()).forward(student.clone(), student * 2.0))[0];
    let variance: f64 = 0.01 + 1e-5;
    let expected = 0.5 * (0.01 / variance + variance.ln());
    assert!(expected < -1.0);
    assert_close("value", &[value], &[expected], within(1e-5));
}

#[test]
#[should_panic(expected = "there are 4 variances for features of 3 channels")]
fn other_channels_panic() {
    let [student, teacher] = sides();
    let _ = VariationalLossConfig::new(4).init(&device()).forward(student, teacher);
}
