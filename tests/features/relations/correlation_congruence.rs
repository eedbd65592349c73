//! How near samples are, by a Gaussian kernel.

use burn::tensor::Tensor;
use kd::feature::CorrelationCongruenceLossConfig;
use kd_testkit::{device, golden, laws};

use super::*;

#[test]
fn golden() {
    golden::check_features(
        "correlation_congruence.json",
        &device(),
        &CorrelationCongruenceLossConfig::new(),
        |config, shapes| shaped(config.init(), shapes),
    );
}

laws!(of_vectors: [coupled, mean, smooth, divergence], Subject::new::<Tensor<2>, Tensor<2>>(CorrelationCongruenceLossConfig::new().init()));
laws!(of_maps: [coupled, mean, smooth, divergence], Subject::new::<Tensor<4>, Tensor<4>>(CorrelationCongruenceLossConfig::new().init()));

#[test]
fn bad_input() {
    let loss = CorrelationCongruenceLossConfig::new().init();
    one_sample_says_nothing(&loss);
    zeros_stay_finite(&loss);
    constants_stay_finite(&loss);
    features_of_any_rank_are_flattened(&loss);
}
