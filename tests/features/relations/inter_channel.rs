//! Which channels of a sample see the same.

use burn::tensor::Tensor;
use kd::{DistillLoss, feature::InterChannelLossConfig};
use kd_testkit::{Subject, device, golden, laws};

use super::random;

#[test]
fn golden() {
    golden::check_features(
        "inter_channel.json",
        &device(),
        &InterChannelLossConfig::new(),
        |config, shapes| Subject::shaped::<4, 4>(config.init(), shapes),
    );
}

laws!(of_maps: [any, divergence], Subject::new::<Tensor<4>, Tensor<4>>(InterChannelLossConfig::new().init()));

#[test]
fn channels_of_zeros_stay_finite() {
    let loss = InterChannelLossConfig::new().init();
    let full = random([2, 3, 2, 2]).without_autodiff();
    for kept in [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]] {
        let kept = Tensor::<1>::from_floats(kept, &device()).reshape([1, 3, 1, 1]);
        let student = Tensor::from_data((full.clone() * kept).into_data(), &device().autodiff()).require_grad();
        let value = loss.forward(student.clone(), full.clone());
        let gradient = student.grad(&value.clone().backward()).unwrap();
        assert!(value.into_scalar::<f64>().is_finite());
        assert!(gradient.abs().max().into_scalar::<f64>() < 10.0);
    }
}

#[test]
#[should_panic(expected = "bring the student to the teacher's channels with a projector, such as `ConvProjector`")]
fn other_channels_name_the_projector() {
    let _ = InterChannelLossConfig::new()
        .init()
        .forward(random([2, 3, 2, 2]), random([2, 4, 2, 2]));
}
