//! The temperature that learns against its student.

use burn::{
    optim::{GradientsParams, SgdConfig},
    tensor::{DType, Tensor, TensorData},
};
use kd::{
    prelude::*,
    soft_label::{CtkdLoss, CtkdLossConfig, CtkdTemperatureConfig},
};
use kd_testkit::{assert_close, device, laws, read, within};

fn sides() -> [Tensor<2>; 2] {
    let none = f64::NEG_INFINITY;
    let student = vec![0.5, -1.0, 2.0, none, 3.0, 1.5, -0.5, none];
    let teacher = vec![4.0, -2.0, 0.25, none, 6.0, -1.0, none, none];
    [student, teacher].map(|values| {
        let data = TensorData::new(values, [2, 4]);
        Tensor::from_data(data, (&device().autodiff(), DType::F32))
    })
}

fn ctkd(theta: f64, strength: f64) -> CtkdLoss {
    CtkdLossConfig::new()
        .with_temperature(CtkdTemperatureConfig::new().with_theta(theta))
        .with_strength(strength)
        .init(&device().autodiff())
}

fn value(loss: &CtkdLoss) -> f64 {
    let [student, teacher] = sides();
    read(loss.forward(student, teacher))[0]
}

#[test]
fn theta_learns() {
    let [student, teacher] = sides();
    laws::every_parameter_learns(ctkd(-1.0, 1.0), |ctkd: &CtkdLoss| ctkd.forward(student, teacher));
}

/// Whatever side of the hardest temperature it is on: descending in the reversed gradient is ascending.
#[test]
fn a_step_of_theta_raises_the_loss() {
    for theta in [-3.0, -1.0, 0.0, 2.0] {
        let before = ctkd(theta, 1.0);
        let [student, teacher] = sides();
        let loss = before.forward(student, teacher);
        let gradients = GradientsParams::from_grads(loss.backward(), &before);
        let after = SgdConfig::new().init().step(0.5, before.clone(), gradients);
        assert!(value(&after) > value(&before) + 1e-6, "from {theta}");
    }
}

/// `−λ` times the slope, which is measured; absent classes do not make it NaN.
#[test]
fn the_gradient_of_theta_is_the_slope_reversed() {
    for (theta, strength) in [(-1.0, 1.0), (0.5, 0.25), (0.5, 0.0)] {
        let loss = ctkd(theta, strength);
        let [student, teacher] = sides();
        let gradients = loss.forward(student, teacher).backward();
        let gradient = read(loss.temperature.theta.val().grad(&gradients).unwrap());
        let slope = (value(&ctkd(theta + 0.01, 1.0)) - value(&ctkd(theta - 0.01, 1.0))) / 0.02;
        assert!(slope.abs() > 1e-2, "nothing to see at {theta}");
        // Single precision leaves about four digits of a difference over 0.02.
        assert_close("gradient", &gradient, &[-strength * slope], within(2e-3));
    }
}
