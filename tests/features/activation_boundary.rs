//! Which neurons fire.

use burn::tensor::{Tensor, TensorData};
use kd::feature::{ActivationBoundaryLoss, ActivationBoundaryLossConfig};
use kd_testkit::{device, golden, laws};

use crate::any_rank::{outcome, shaped};

/// Inputs are multiples of 1/16, so none is where the hinge bends.
fn boundary() -> ActivationBoundaryLoss {
    ActivationBoundaryLossConfig::new().with_margin(0.7).init()
}

#[test]
fn golden() {
    golden::check_features(
        "activation_boundary.json",
        &device(),
        &ActivationBoundaryLossConfig::new(),
        |config, shapes| shaped(config.init(), shapes),
    );
}

laws!(of_vectors: [any], Subject::new::<Tensor<2>, Tensor<2>>(boundary()));
laws!(of_tokens: [any], Subject::new::<Tensor<3>, Tensor<3>>(boundary()));
laws!(of_maps: [any], Subject::new::<Tensor<4>, Tensor<4>>(boundary()));

/// On the boundary a teacher's neuron does not fire, and a student's has the whole margin to go.
#[test]
fn zeros_are_on_the_boundary() {
    let (student, teacher) = (TensorData::from([[0.0f32, 0.0]]), TensorData::from([[0.0f32, 3.0]]));
    let (values, gradient) = outcome::<2, 2>(&ActivationBoundaryLossConfig::new().init(), student, teacher);
    assert_eq!(values, [2.0]);
    assert_eq!(gradient, [2.0, -2.0]);
}
