//! Which samples are alike.

use burn::tensor::Tensor;
use kd::feature::SimilarityLossConfig;
use kd_testkit::{device, golden, laws};

use super::*;

#[test]
fn golden() {
    golden::check_features(
        "similarity.json",
        &device(),
        &SimilarityLossConfig::new(),
        |config, shapes| shaped(config.init(), shapes),
    );
}

laws!(of_vectors: [coupled, smooth, divergence], Subject::new::<Tensor<2>, Tensor<2>>(SimilarityLossConfig::new().init()));
laws!(of_maps: [coupled, smooth, divergence], Subject::new::<Tensor<4>, Tensor<4>>(SimilarityLossConfig::new().init()));

#[test]
fn bad_input() {
    let loss = SimilarityLossConfig::new().init();
    one_sample_says_nothing(&loss);
    zeros_stay_finite(&loss);
    // Four rows of length 1 beside rows of zeros, over 4².
    let zeros = Tensor::<2>::zeros([4, 6], &autodiff());
    nothing_is(&loss, zeros.clone(), random([4, 3]), 0.25);
    nothing_teaches(&loss, zeros, 0.25);
    features_of_any_rank_are_flattened(&loss);
}
