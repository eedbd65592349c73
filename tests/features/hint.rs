//! The loss on features themselves.

use burn::tensor::Tensor;
use kd::feature::HintLossConfig;
use kd_testkit::{device, golden, laws};

use crate::any_rank::shaped;

#[test]
fn golden() {
    golden::check_features("hint.json", &device(), &HintLossConfig::new(), |config, shapes| {
        shaped(config.init(), shapes)
    });
}

laws!(of_vectors: [any, divergence], Subject::new::<Tensor<2>, Tensor<2>>(HintLossConfig::new().init()));
laws!(of_tokens: [any, divergence], Subject::new::<Tensor<3>, Tensor<3>>(HintLossConfig::new().init()));
laws!(of_maps: [any, divergence], Subject::new::<Tensor<4>, Tensor<4>>(HintLossConfig::new().init()));

#[test]
#[should_panic(expected = "bring the student to the teacher's channels with a projector, such as `ConvProjector`")]
fn other_channels_name_the_projector() {
    use kd::DistillLoss;
    let map = |channels| Tensor::<4>::zeros([2, channels, 4, 4], &device());
    let _ = HintLossConfig::new().init().forward(map(8), map(16));
}
