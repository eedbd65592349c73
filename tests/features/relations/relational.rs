//! Distances and angles between samples.

use burn::tensor::Tensor;
use kd::feature::RelationalLossConfig;
use kd_testkit::{device, golden, laws};

use super::*;

#[test]
fn golden() {
    golden::check_features(
        "relational.json",
        &device(),
        &RelationalLossConfig::new(),
        |config, shapes| shaped(config.init(), shapes),
    );
}

laws!(of_vectors: [coupled, mean, smooth, divergence], Subject::new::<Tensor<2>, Tensor<2>>(RelationalLossConfig::new().init()));
laws!(of_maps: [coupled, mean, smooth, divergence], Subject::new::<Tensor<4>, Tensor<4>>(RelationalLossConfig::new().init()));

#[test]
fn bad_input() {
    let loss = RelationalLossConfig::new().init();
    one_sample_says_nothing(&loss);
    zeros_stay_finite(&loss);
    // Two samples that are apart have distance 1 and cosine 1 with each other, at 2 of 4 pairs and 2 of 8 triples: with h(1) = ½
    // that is ¼ and, weighed with 2, again ¼.
    let apart = Tensor::from_floats([[0.0, 0.0, 0.0], [1.0, 2.0, 2.0]], &autodiff());
    nothing_is(&loss, constant().narrow(0, 0, 2), apart, 0.5);
    let (student, teacher) = (value_and_slope(&loss, constant(), random([5, 4])), random([5, 4]));
    assert_eq!(student, (value_and_slope(&loss, teacher, constant()).0, 0.0));
    features_of_any_rank_are_flattened(&loss);
}

#[test]
fn where_samples_are_does_not_matter() {
    let loss = RelationalLossConfig::new().init();
    let (student, teacher) = (random([6, 5]), random([6, 4]));
    let value = |student: Tensor<2>| value_and_slope(&loss, student, teacher.clone()).0;
    let before = value(student.clone());
    // Moved far away, f32 has two digits less for what is left.
    assert!((value(student.clone() * 3.0 + 50.0) - before).abs() < 1e-4 * before);
}

#[test]
#[should_panic(expected = "give both the same samples, in the same order")]
fn other_samples_are_named() {
    let _: Tensor<1> = RelationalLossConfig::new()
        .init()
        .forward(random([3, 5]), random([4, 5]));
}
