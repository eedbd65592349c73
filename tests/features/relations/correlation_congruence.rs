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
    zeros_have_no_gradient(&loss);
    // Of two orthogonal samples, two of four cosines are 1 and not 0.
    let orthogonal = Tensor::from_floats([[2.0, 0.0], [0.0, 1.0]], &autodiff());
    let expected = (0.8f64 + 0.8 * 0.8 / 2.0).powi(2) * (-1.6f64).exp() / 2.0;
    nothing_is(&loss, Tensor::zeros([2, 6], &autodiff()), orthogonal, expected);
    features_of_any_rank_are_flattened(&loss);
}
