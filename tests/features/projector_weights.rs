//! What the weights of a projector start with, and how they learn.

use burn::{
    module::{Module, ModuleVisitor, Param},
    nn::LinearConfig,
    optim::{GradientsParams, SgdConfig},
    tensor::{DType, Device, Tensor, TensorData},
};
use kd::{
    DistillLoss, Feature, FeatureProjector, Projected,
    feature::{
        AdapterConfig, BottleneckProjectorConfig, ConvProjectorConfig, HintLoss, HintLossConfig, MlpProjectorConfig,
        Projector, ResizeConfig,
    },
};
use kd_testkit::{assert_close, device, laws, read, within};

use crate::projectors::fill;

fn hint() -> HintLoss {
    HintLossConfig::new().init()
}

/// Numbers between −1 and 1 that look random and are always the same.
fn numbers(count: usize) -> Vec<f64> {
    (0..count).map(|at| (0.7 * (at * at) as f64 + 1.0).sin()).collect()
}

fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    let data = TensorData::new(numbers(shape.iter().product()), shape);
    Tensor::from_data(data, (&device().autodiff(), DType::F32))
}

#[test]
fn every_parameter_learns() {
    let device = device().autodiff();
    let map = |channels| Feature::from(random([4, channels, 3, 3]));
    let maps = |projector: Projector| {
        let module = Projected::new(projector, hint());
        laws::every_parameter_learns(module, |hint| hint.forward(map(6), map(8)));
    };
    maps(ConvProjectorConfig::new(6, 8).init(&device).into());
    maps(
        ConvProjectorConfig::new(6, 8)
            .with_norm(true)
            .with_relu(true)
            .init(&device)
            .into(),
    );
    maps(BottleneckProjectorConfig::new(6, 8).init(&device).into());
    maps(AdapterConfig::new(vec![4, 6, 3, 3], vec![4, 8, 3, 3]).init(&device));
    maps(Projector::Chain(vec![
        ResizeConfig::new(2, 2).init().into(),
        ConvProjectorConfig::new(6, 8).init(&device).into(),
        ResizeConfig::new(3, 3).init().into(),
    ]));

    let vectors = |projector: Projector| {
        let module = Projected::new(projector, hint());
        let (student, teacher) = (Feature::from(random([16, 6])), Feature::from(random([16, 8])));
        laws::every_parameter_learns(module, |hint| hint.forward(student, teacher));
    };
    vectors(LinearConfig::new(6, 8).init(&device).into());
    vectors(MlpProjectorConfig::new(6, 8).init(&device).into());
}

/// Along its gradient the loss has the slope that the gradient is long: all weights' gradients against a central difference.
#[test]
fn gradients_of_the_weights_are_slopes() {
    struct Squares<'a>(&'a GradientsParams, f64);

    impl ModuleVisitor for Squares<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(gradient) = self.0.get::<D>(param.id) {
                self.1 += read(gradient).iter().map(|slope| slope * slope).sum::<f64>();
            }
        }
    }

    // On Flex, since f64 is not to be had everywhere.
    let device = Device::flex().autodiff();
    let wave = |length: usize, phase: f64| (0..length).map(|at| (at as f64 + phase).sin()).collect::<Vec<_>>();
    let map = |channels: usize, phase: f64| {
        let data = TensorData::new(wave(4 * channels * 9, phase), [4, channels, 3, 3]);
        Tensor::<4>::from_data(data, (&device, DType::F64))
    };
    let norm = |channels: usize| {
        [
            wave(channels, 1.0),
            wave(channels, 2.0),
            vec![0.0; channels],
            vec![1.0; channels],
        ]
    };
    let projector = BottleneckProjectorConfig::new(3, 4).init(&device);
    let numbers = [
        vec![wave(6, 3.0)],
        norm(2).into(),
        vec![wave(36, 4.0)],
        norm(2).into(),
        vec![wave(8, 5.0)],
        norm(4).into(),
    ];
    let module = Projected::new(fill(projector, numbers.concat(), DType::F64), hint());
    let loss = |module: &Projected<_, HintLoss>| module.forward(map(3, 0.25), map(4, 0.5));

    let gradients = || GradientsParams::from_grads(loss(&module).backward(), &module);
    let gradients_once = gradients();
    let mut squares = Squares(&gradients_once, 0.0);
    module.visit(&mut squares);
    let step = 1e-5;
    let after = |by: f64| read(loss(&SgdConfig::new().init().step(by, module.clone(), gradients())))[0];
    let slope = (after(-step) - after(step)) / (2.0 * step);
    assert_close("slope", &[slope], &[squares.1], within(1e-6));
}

/// In training a batch normalisation looks at the batch; after `valid()` at what it has seen, and it sees no more.
#[test]
fn valid_freezes_normalisation() {
    let device = device().autodiff();
    let projector = ConvProjectorConfig::new(16, 4).with_norm(true).init(&device);
    // Scale and shift of the normalisation, and the mean and the variance that it has seen.
    let norm = [1.0, 0.0, 0.0, 1.0].map(|number| vec![number; 4]);
    let projector = fill(projector, [numbers(64)].into_iter().chain(norm), DType::F32);
    let features = random([8, 16, 4, 4]) * 5.0 + 2.0;
    let trained = projector.project(features.clone());
    let (mean, variance) = {
        let channels: Tensor<2> = trained.swap_dims(0, 1).flatten(1, 3);
        let (variance, mean) = channels.var_mean_bias(1);
        (read(mean), read(variance))
    };
    assert_close("mean", &mean, &[0.0; 4], within(1e-5).of_at_least(1.0));
    assert_close("variance", &variance, &[1.0; 4], within(1e-4));

    let frozen = projector.valid();
    let off_graph = features.without_autodiff();
    let once = read(frozen.project(off_graph.clone()));
    assert_eq!(once, read(frozen.project(off_graph)), "it has gone on seeing");
    // It has seen one batch and remembers a tenth of it, so the features are still far from normal.
    assert!(once.iter().map(|number| number * number).sum::<f64>() / once.len() as f64 > 1.5);
}
