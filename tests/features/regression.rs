//! Features, and what the teacher's head makes of them.

use burn::{
    config::Config,
    tensor::{Tensor, TensorData},
};
use kd::{DistillLoss, Feature, feature::RegressionLossConfig, rows};
use kd_testkit::{Subject, device, golden, laws, read};

/// The weights of the parts, and a head after the mean over places, `[channels, classes]`.
#[derive(Config, Debug)]
struct HeadConfig {
    #[config(default = 1.0)]
    alpha: f64,
    #[config(default = 1.0)]
    beta: f64,
    head: Vec<f64>,
}

fn srrl(config: &HeadConfig) -> impl DistillLoss<Tensor<4>> + Clone + 'static + use<> {
    let weights = config.head.clone();
    let parts = RegressionLossConfig::new()
        .with_alpha(config.alpha)
        .with_beta(config.beta);
    parts.init(move |features: Tensor<4>| {
        let features = rows::widen(features);
        let channels = features.dims()[1];
        let data = TensorData::new(weights.clone(), [channels, weights.len() / channels]);
        let weight = Tensor::<2>::from_data(data, (&features.device(), features.dtype()));
        features.mean_dims(&[2, 3]).flatten::<2>(1, 3).matmul(weight)
    })
}

#[test]
fn golden() {
    golden::check_features(
        "regression.json",
        &device(),
        &HeadConfig::new(vec![]),
        |config, shapes| Subject::shaped::<4, 4>(srrl(config), shapes),
    );
}

/// A head for however many channels come.
fn waves(channels: Tensor<4>) -> Tensor<2> {
    let means = rows::widen(channels).mean_dims(&[2, 3]).flatten::<2>(1, 3);
    Tensor::cat(vec![means.clone().cos(), means.sum_dim(1) * 0.1], 1)
}

laws!(regression: [any, divergence],
    Subject::new::<Tensor<4>, Tensor<4>>(RegressionLossConfig::new().init(waves as fn(Tensor<4>) -> Tensor<2>)));

#[test]
fn zeros_are_finite_in_value_and_gradient() {
    let student = Tensor::<4>::zeros([2, 3, 2, 2], &device()).autodiff().require_grad();
    let value = RegressionLossConfig::new()
        .init(waves)
        .forward(student.clone(), student.clone());
    let gradient = student.grad(&value.backward()).unwrap();
    assert!(
        read(gradient)
            .into_iter()
            .chain(read(value))
            .all(|number| number == 0.0)
    );
}

#[test]
fn features_have_heads_too() {
    let head = |feature: Feature| feature.flatten_samples();
    let feature = |value: f64| Feature::from(Tensor::<4>::zeros([1, 2, 2, 2], &device()) + value);
    let value = RegressionLossConfig::new()
        .init(head)
        .forward(feature(3.0), feature(1.0));
    assert_eq!(read(value), [8.0]);
}

#[test]
#[should_panic(expected = "RegressionLoss: the head gives logits of shape [4, 3] for 2 samples")]
fn a_head_that_gives_other_rows_panics() {
    let head = |hidden: Tensor<2>| Tensor::cat(vec![hidden.clone(), hidden], 0);
    let hidden = Tensor::<2>::zeros([2, 3], &device());
    let _ = RegressionLossConfig::new().init(head).forward(hidden.clone(), hidden);
}
