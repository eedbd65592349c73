//! Features, and what the teacher's head makes of them.

use burn::{
    config::Config,
    nn::{Linear, LinearConfig},
    tensor::{Tensor, TensorData},
};
use kd::{DistillLoss, Feature, Projected, feature::RegressionLossConfig, rows};
use kd_testkit::{Subject, device, golden, laws, read, waved, waves};

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
fn wavy_head(channels: Tensor<4>) -> Tensor<2> {
    let means = rows::widen(channels).mean_dims(&[2, 3]).flatten::<2>(1, 3);
    Tensor::cat(vec![means.clone().cos(), means.sum_dim(1) * 0.1], 1)
}

laws!(regression: [any, divergence],
    Subject::new::<Tensor<4>, Tensor<4>>(RegressionLossConfig::new().init(wavy_head as fn(Tensor<4>) -> Tensor<2>)));

#[test]
fn zeros_are_finite_in_value_and_gradient() {
    let student = Tensor::<4>::zeros([2, 3, 2, 2], &device()).autodiff().require_grad();
    let value = RegressionLossConfig::new()
        .init(wavy_head)
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

/// Not even what is no number comes back from a part that is left out, with the head or without.
#[test]
fn a_part_of_weight_0_is_left_out() {
    let features = Tensor::<2>::full([2, 3], f64::NAN, &device());
    let ones = |hidden: Tensor<2>| hidden.ones_like();
    let value = |alpha, beta| {
        let config = RegressionLossConfig::new().with_alpha(alpha).with_beta(beta);
        read(config.init(ones).per_sample(features.clone(), features.ones_like()))
    };
    assert_eq!(value(0.0, 0.0), [0.0; 2]);
    assert_eq!(value(0.0, 1.0), [0.0; 2]);
    assert!(value(1.0, 0.0).iter().all(|value| value.is_nan()));
    let no_head = |_: Tensor<2>| -> Tensor<2> { panic!("the head is asked") };
    let without = RegressionLossConfig::new().with_beta(0.0).init(no_head);
    assert_eq!(
        read(without.forward(features.ones_like(), features.zeros_like())),
        [1.0]
    );
}

/// A view: the projector is somebody else's, and learns.
#[test]
fn a_projector_before_it_learns() {
    let device = device().autodiff();
    let projector = waved(LinearConfig::new(4, 6).init(&device));
    let teachers = waved(LinearConfig::new(6, 3).init(&device.clone().inner()));
    let config = RegressionLossConfig::new();
    let (student, teacher) = (waves([5, 4], 0.1, &device), waves([5, 6], 0.9, &device));
    laws::every_parameter_learns(projector, |projector: &Linear| {
        let srrl = config.init(|hidden: Tensor<2>| teachers.forward(hidden));
        Projected::new(projector, srrl).forward(student, teacher)
    });
}

#[test]
#[should_panic(
    expected = "RegressionLoss: the student has shape [2, 3] and the teacher [2, 4]; they differ at axis 1 (3 against 4)"
)]
fn another_width_panics_by_its_own_name() {
    let hidden = |width| Tensor::<2>::zeros([2, width], &device());
    let _ = RegressionLossConfig::new()
        .init(|x: Tensor<2>| x)
        .forward(hidden(3), hidden(4));
}

#[test]
#[should_panic(expected = "RegressionLoss: the head gives logits of shape [4, 3] for 2 samples")]
fn a_head_that_gives_other_rows_panics() {
    let head = |hidden: Tensor<2>| Tensor::cat(vec![hidden.clone(), hidden], 0);
    let hidden = Tensor::<2>::zeros([2, 3], &device());
    let _ = RegressionLossConfig::new().init(head).forward(hidden.clone(), hidden);
}
