//! Centred kernel alignment.

use burn::tensor::Tensor;
use kd::feature::CkaLossConfig;
use kd_testkit::{device, golden, laws};

use super::*;

#[test]
fn golden() {
    golden::check_features("cka.json", &device(), &CkaLossConfig::new(), |config, shapes| {
        shaped(config.init(), shapes)
    });
}

laws!(of_vectors: [coupled, mean, smooth, divergence], Subject::new::<Tensor<2>, Tensor<2>>(CkaLossConfig::new().init()));
laws!(of_maps: [coupled, mean, smooth, divergence], Subject::new::<Tensor<4>, Tensor<4>>(CkaLossConfig::new().init()));

#[test]
fn bad_input() {
    let loss = CkaLossConfig::new().init();
    one_sample_says_nothing(&loss);
    zeros_stay_finite(&loss);
    constants_stay_finite(&loss);
    features_of_any_rank_are_flattened(&loss);
}

laws!(debiased: [coupled, smooth, divergence],
    Subject::new::<Tensor<2>, Tensor<2>>(CkaLossConfig::new().with_debiased(true).init()));

#[test]
fn bad_input_debiased() {
    let loss = CkaLossConfig::new().with_debiased(true).init();
    one_sample_says_nothing(&loss);
    zeros_stay_finite(&loss);
    constants_stay_finite(&loss);
    let (value, slope) = value_and_slope(&loss, random([3, 5]), random([3, 7]));
    assert_eq!((value, slope), (0.0, 0.0), "three samples say nothing");
}
