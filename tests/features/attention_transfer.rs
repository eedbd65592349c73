//! Attention maps.

use burn::tensor::{Tensor, TensorData};
use kd::{
    DistillLoss, Feature,
    feature::{AttentionDistance, AttentionTransferLoss, AttentionTransferLossConfig},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, within};

use crate::any_rank::outcome;

fn attention(distance: AttentionDistance) -> AttentionTransferLoss {
    AttentionTransferLossConfig::new().with_distance(distance).init()
}

#[test]
fn golden() {
    golden::check_features(
        "attention_transfer.json",
        &device(),
        &AttentionTransferLossConfig::new(),
        |config, shapes| Subject::shaped::<4, 4>(config.init(), shapes),
    );
}

laws!(mean_square: [any, divergence], Subject::new::<Tensor<4>, Tensor<4>>(attention(AttentionDistance::MeanSquare)));
laws!(norm: [any, divergence], Subject::new::<Tensor<4>, Tensor<4>>(attention(AttentionDistance::Norm)));
laws!(first_power: [any_but_slope, divergence], Subject::new::<Tensor<4>, Tensor<4>>(first_power()));

fn first_power() -> AttentionTransferLoss {
    AttentionTransferLossConfig::new().with_p(1.0).init()
}

/// A magnitude has a kink at 0.
#[test]
fn the_first_power_has_a_slope_elsewhere() {
    let subject = Subject::new::<Tensor<4>, Tensor<4>>(first_power());
    laws::finite_differences_where(&subject, |batch| batch.student.iter().all(|&number| number != 0.0));
}

/// Neither 0/0 nor an infinite slope, at any power: zeros attend to nothing.
#[test]
fn maps_of_zeros_are_finite() {
    let student = || TensorData::new(vec![0.0f32, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0], [4, 1, 1, 2]);
    let teacher = || TensorData::new(vec![1.0f32, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0], [4, 1, 1, 2]);
    for p in [1.0, 1.5, 2.0] {
        let config = AttentionTransferLossConfig::new().with_p(p);
        let (values, gradient) = outcome::<4, 4>(&config.init(), student(), teacher());
        assert_eq!(values, [0.5, 0.0, 0.5, 0.5], "{p}");
        assert_eq!(gradient, [0.0; 8], "{p}");
        let norm = config.with_distance(AttentionDistance::Norm).init();
        let (values, gradient) = outcome::<4, 4>(&norm, student(), teacher());
        assert_eq!(values, [1.0, 0.0, 1.0, 1.0], "{p}");
        assert_eq!(gradient, [0.0; 8], "{p}");
    }
}

/// Neither does a large power overflow, nor one of small numbers vanish.
#[test]
fn the_size_of_a_map_does_not_matter() {
    let map = |scale: f32| TensorData::new([1.0f32, -0.9, 0.5, 0.8].map(|x| x * scale).into(), [1, 2, 1, 2]);
    let teacher = || TensorData::new(vec![0.5f32, 1.0], [1, 1, 1, 2]);
    for (p, scales) in [
        (1.0, [1e-25f32, 1e25]),
        (1.5, [1e-25, 1e25]),
        (2.0, [1e-15, 1e15]),
        (40.0, [1e-25, 1e25]),
    ] {
        let attention = AttentionTransferLossConfig::new().with_p(p).init();
        let (value, gradient) = outcome::<4, 4>(&attention, map(1.0), teacher());
        assert!(
            value[0] > 0.01 && gradient.iter().any(|slope| slope.abs() > 0.01),
            "{p}"
        );
        for scale in scales {
            let (scaled, slopes) = outcome::<4, 4>(&attention, map(scale), teacher());
            let slopes: Vec<f64> = slopes.iter().map(|slope| slope * f64::from(scale)).collect();
            assert_close("value", &scaled, &value, within(1e-5));
            assert_close("gradient", &slopes, &gradient, within(1e-5));
        }
    }
}

#[test]
#[should_panic(expected = "bring the student to the teacher's height and width with a projector, such as `Resize`")]
fn another_size_names_the_projector() {
    let map = |size| Tensor::<4>::ones([2, 3, size, size], &device());
    let _ = attention(AttentionDistance::Norm).forward(map(4), map(8));
}

#[test]
#[should_panic(expected = "but it compares maps, [batch, channels, height, width]")]
fn vectors_have_no_attention() {
    let vector = || Feature::from(Tensor::<2>::ones([2, 3], &device()));
    let _ = attention(AttentionDistance::Norm).forward(vector(), vector());
}
