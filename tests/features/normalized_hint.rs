//! Features at length 1.

use burn::tensor::{Tensor, TensorData};
use kd::feature::{NormalizedHintLoss, NormalizedHintLossConfig};
use kd_testkit::{device, golden, laws};

use crate::any_rank::{outcome, shaped};

fn normalized() -> NormalizedHintLoss {
    NormalizedHintLossConfig::new().init()
}

#[test]
fn golden() {
    golden::check_features(
        "normalized_hint.json",
        &device(),
        &NormalizedHintLossConfig::new(),
        |config, shapes| shaped(config.init(), shapes),
    );
}

laws!(of_vectors: [any, divergence], Subject::new::<Tensor<2>, Tensor<2>>(normalized()));
laws!(of_tokens: [any, divergence], Subject::new::<Tensor<3>, Tensor<3>>(normalized()));
laws!(of_maps: [any, divergence], Subject::new::<Tensor<4>, Tensor<4>>(normalized()));

/// Neither 0/0 nor an infinite slope: zeros stay zeros.
#[test]
fn features_of_zeros_are_finite() {
    let student = TensorData::from([[0.0f32, 0.0], [0.0, 4.0], [0.0, 0.0]]);
    let teacher = TensorData::from([[1.0f32, 0.0], [0.0, 0.0], [0.0, 0.0]]);
    let (values, gradient) = outcome::<2, 2>(&normalized(), student, teacher);
    assert_eq!(values, [1.0, 1.0, 0.0]);
    assert_eq!(gradient, [0.0; 6]);
}
