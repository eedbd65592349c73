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
    for nothing in [constant(), constant() * 0.0] {
        nothing_is(&loss, nothing.clone(), random([5, 4]), 0.5);
        nothing_teaches(&loss, nothing, 0.5);
    }
    features_of_any_rank_are_flattened(&loss);
}

laws!(debiased: [coupled, smooth, divergence],
    Subject::new::<Tensor<2>, Tensor<2>>(CkaLossConfig::new().with_debiased(true).init()));

#[test]
fn bad_input_debiased() {
    let loss = CkaLossConfig::new().with_debiased(true).init();
    one_sample_says_nothing(&loss);
    zeros_stay_finite(&loss);
    for nothing in [constant(), constant() * 0.0] {
        nothing_is(&loss, nothing.clone(), random([5, 4]), 0.5);
        nothing_teaches(&loss, nothing, 0.5);
    }
    let (value, slope) = value_and_slope(&loss, random([3, 5]), random([3, 7]));
    assert_eq!((value, slope), (0.0, 0.0), "three samples say nothing");
}

/// A kernel without its diagonal does not see the one sample that differs: nothing but rounding is left of it.
#[test]
fn one_sample_that_differs_says_nothing_debiased() {
    let loss = CkaLossConfig::new().with_debiased(true).init();
    // Sums of these many times this number are rounded, and the mean is not the number.
    for (samples, number) in [(6, 0.1), (7, 0.3), (11, 0.7), (13, 1e5 / 3.0)] {
        let equal = Tensor::<2>::full([samples - 1, 4], number, &autodiff());
        // At 1e-14 and 1e14 the squares of a kernel are beyond f32.
        for scale in [1e-14, 1.0, 1e14] {
            let one = Tensor::cat(vec![equal.clone(), random([1, 4])], 0) * scale;
            nothing_is(&loss, one.clone(), random([samples, 5]), 0.5);
            nothing_teaches(&loss, one, 0.5);
        }
    }
}
