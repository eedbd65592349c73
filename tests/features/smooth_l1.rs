//! Differences, squared or not.

use burn::tensor::Tensor;
use kd::feature::{SmoothL1Loss, SmoothL1LossConfig};
use kd_testkit::{Batch, Subject, device, golden, laws};

use crate::any_rank::shaped;

/// Inputs are multiples of 1/16, so no difference of theirs is where the parabola ends.
fn smooth() -> SmoothL1Loss {
    SmoothL1LossConfig::new().with_beta(0.7).init()
}

fn l1() -> SmoothL1Loss {
    SmoothL1LossConfig::new().with_beta(0.0).init()
}

#[test]
fn golden() {
    golden::check_features(
        "smooth_l1.json",
        &device(),
        &SmoothL1LossConfig::new(),
        |config, shapes| shaped(config.init(), shapes),
    );
}

laws!(of_vectors: [any, divergence], Subject::new::<Tensor<2>, Tensor<2>>(smooth()));
laws!(of_tokens: [any, divergence], Subject::new::<Tensor<3>, Tensor<3>>(smooth()));
laws!(of_maps: [any, divergence], Subject::new::<Tensor<4>, Tensor<4>>(smooth()));
laws!(l1_of_vectors: [any_but_slope, divergence], Subject::new::<Tensor<2>, Tensor<2>>(l1()));
laws!(l1_of_maps: [any_but_slope, divergence], Subject::new::<Tensor<4>, Tensor<4>>(l1()));

/// L1 has a kink where a number is the teacher's.
#[test]
fn l1_has_a_slope_elsewhere() {
    let apart = |batch: &Batch| batch.student.iter().zip(&batch.teacher).all(|(s, t)| s != t);
    laws::finite_differences_where(&Subject::new::<Tensor<2>, Tensor<2>>(l1()), apart);
}
