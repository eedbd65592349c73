//! Maps at several sizes.

use burn::tensor::Tensor;
use kd::{DistillLoss, feature::HierarchicalContextLossConfig};
use kd_testkit::{Subject, device, golden, laws};

#[test]
fn golden() {
    let default = HierarchicalContextLossConfig::new();
    golden::check_features("hierarchical_context.json", &device(), &default, |config, shapes| {
        Subject::shaped::<4, 4>(config.init(), shapes)
    });
}

laws!(hierarchical_context: [any, divergence],
    Subject::new::<Tensor<4>, Tensor<4>>(HierarchicalContextLossConfig::new().init()));

#[test]
#[should_panic(expected = "bring the student to the teacher's channels with a projector, such as `ConvProjector`")]
fn other_channels_name_the_projector() {
    let map = |channels| Tensor::<4>::zeros([2, channels, 4, 4], &device());
    let _ = HierarchicalContextLossConfig::new().init().forward(map(8), map(16));
}
