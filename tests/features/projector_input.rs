//! What projectors make of input that is bad, or nearly.

use burn::{
    nn::LinearConfig,
    tensor::{DType, Device, FloatDType, Tensor},
};
use kd::{
    DistillLoss, Feature, FeatureProjector, Projected,
    feature::{
        BottleneckProjectorConfig, ConvProjectorConfig, HintLossConfig, MlpProjectorConfig, PoolMap, Projector,
        ResampleTokensConfig, ResizeConfig,
    },
};
use kd_testkit::{device, read};

#[test]
fn half_precision_stays_what_it_is() {
    let device = device();
    if !device.supports_dtype(FloatDType::F16) {
        return;
    }
    let map = || Tensor::<4>::ones([2, 3, 4, 4], &device).cast(FloatDType::F16);
    assert_eq!(ResizeConfig::new(3, 7).init().project(map()).dtype(), DType::F16);
    assert_eq!(PoolMap.project(map()).dtype(), DType::F16);
    // Weights are of one type, and what comes of them too.
    let vector = Tensor::<2>::ones([2, 3], &device).cast(FloatDType::F16);
    assert_eq!(
        LinearConfig::new(3, 4).init(&device).project(vector).dtype(),
        DType::F32
    );
    assert_eq!(
        ConvProjectorConfig::new(3, 3).init(&device).project(map()).dtype(),
        DType::F32
    );
}

/// Zeros, features without variance, and one sample of one place: a normalisation has nothing to divide by but its ε.
#[test]
fn features_without_variance_are_finite() {
    let device = device().autodiff();
    let projectors: [Projector; 3] = [
        ConvProjectorConfig::new(6, 8)
            .with_norm(true)
            .with_relu(true)
            .init(&device)
            .into(),
        BottleneckProjectorConfig::new(6, 8).init(&device).into(),
        Projector::Chain(vec![
            ResizeConfig::new(5, 1).init().into(),
            ConvProjectorConfig::new(6, 8).init(&device).into(),
            ResizeConfig::new(1, 1).init().into(),
        ]),
    ];
    for projector in projectors {
        for (batch, value) in [(4, 0.0), (4, 7.0), (1, 0.0), (1, 7.0)] {
            let student = Tensor::<4>::full([batch, 6, 1, 1], value, &device).require_grad();
            let teacher = Tensor::<4>::ones([batch, 8, 1, 1], &device);
            let hint = Projected::new(projector.clone(), HintLossConfig::new().init());
            let loss = hint.forward(Feature::from(student.clone()), Feature::from(teacher));
            let gradient = read(student.grad(&loss.backward()).expect("a gradient"));
            let finite = read(loss)[0].is_finite() && gradient.iter().all(|slope| slope.is_finite());
            assert!(finite, "{batch} of {value}: {hint}");
        }
    }
}

/// A ReLU could turn it into a zero, and a normalisation hide where it came from.
#[test]
fn nan_in_nan_out() {
    let device = device().autodiff();
    let map = || {
        let nan = Tensor::<4>::full([1, 6, 2, 2], f64::NAN, &device);
        Tensor::cat(vec![nan, Tensor::ones([1, 6, 2, 2], &device)], 0)
    };
    let projectors: [Projector; 4] = [
        ConvProjectorConfig::new(6, 8).with_relu(true).init(&device).into(),
        BottleneckProjectorConfig::new(6, 8).init(&device).into(),
        ResizeConfig::new(3, 1).init().into(),
        PoolMap.into(),
    ];
    for projector in projectors {
        let projected = projector.project(map().into()).flatten_samples();
        let numbers = read(projected);
        let (first, _) = numbers.split_at(numbers.len() / 2);
        assert!(first.iter().all(|number| number.is_nan()), "{projector}");
    }
}

#[test]
#[should_panic(
    expected = "ConvProjector: the student has shape [2, 8, 4, 4], which is 8 at axis 1, and the projector was made for 16"
)]
fn other_channels_than_it_was_made_for() {
    let projector = ConvProjectorConfig::new(16, 32).init(&device());
    let _ = projector.project(Tensor::zeros([2, 8, 4, 4], &device()));
}

#[test]
#[should_panic(expected = "Linear: the student has shape [2, 8, 4, 4], but it takes vectors or tokens")]
fn a_linear_map_of_maps() {
    let projector = Projector::from(LinearConfig::new(4, 8).init(&device()));
    let _ = projector.project(Tensor::<4>::zeros([2, 8, 4, 4], &device()).into());
}

#[test]
#[should_panic(expected = "Linear: the student has shape [2, 8, 4, 4], but it takes vectors or tokens")]
fn a_linear_map_of_a_tensor_that_is_a_map() {
    let _ = LinearConfig::new(4, 8)
        .init(&device())
        .project(Tensor::<4>::zeros([2, 8, 4, 4], &device()));
}

#[test]
#[should_panic(
    expected = "Linear: the student has shape [2, 5, 3], which is 3 at axis 2, and the projector was made for 4"
)]
fn other_widths_than_a_linear_map_was_made_for() {
    let _ = LinearConfig::new(4, 8)
        .init(&device())
        .project(Tensor::<3>::zeros([2, 5, 3], &device()));
}

#[test]
#[should_panic(expected = "PoolMap: the batch is empty")]
fn an_empty_batch() {
    let _ = PoolMap.project(Tensor::zeros([0, 8, 4, 4], &Device::flex()));
}

#[test]
fn configs_say_what_is_wrong() {
    let device = device();
    let error = ConvProjectorConfig::new(0, 8).try_init(&device).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ConvProjectorConfig: student is 0, but must be at least 1"
    );
    let error = MlpProjectorConfig::new(4, 8)
        .with_hidden(Some(0))
        .try_init(&device)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "MlpProjectorConfig: hidden is 0, but must be at least 1"
    );
    let error = ResizeConfig::new(4, 0).try_init().unwrap_err();
    assert_eq!(error.to_string(), "ResizeConfig: width is 0, but must be at least 1");
    let error = ResampleTokensConfig::new(0).try_init().unwrap_err();
    assert_eq!(
        error.to_string(),
        "ResampleTokensConfig: seq is 0, but must be at least 1"
    );
    for factor in [0, 9] {
        let config = BottleneckProjectorConfig::new(4, 8).with_factor(factor);
        let message = config.try_init(&device).unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("BottleneckProjectorConfig: factor is {factor}")),
            "{message}"
        );
    }
}
