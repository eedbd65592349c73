//! The projectors: golden values, laws of a loss behind one, training, bad input.

use burn::{
    config::Config,
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    nn::LinearConfig,
    optim::{GradientsParams, SgdConfig},
    tensor::{DType, Device, Distribution, Tensor, TensorData},
};
use kd::{
    DistillLoss, Feature, FeatureProjector, Projected,
    feature::{
        AdapterConfig, BottleneckProjectorConfig, ConvProjectorConfig, HintLoss, HintLossConfig, MlpProjectorConfig,
        PoolMap, PoolTokensConfig, Projector, ResampleTokensConfig, Resampling, ResizeConfig, TokenPooling,
    },
    rows,
};
use kd_testkit::{Shapes, Subject, assert_close, device, golden, laws, read, within};

/// A projector by name, and the numbers of everything it keeps, in the order of its fields.
#[derive(Config, Debug)]
struct Named {
    projector: String,
    weights: Vec<Vec<f64>>,
}

impl Named {
    fn init(&self, student: &[usize], teacher: &[usize], device: &Device) -> Projector {
        let (from, to) = (student[1], teacher[1]);
        match self.projector.as_str() {
            "conv" => ConvProjectorConfig::new(from, to).init(device).into(),
            "conv_norm_relu" => {
                let config = ConvProjectorConfig::new(from, to).with_norm(true).with_relu(true);
                config.init(device).into()
            }
            "bottleneck" => BottleneckProjectorConfig::new(from, to).init(device).into(),
            "mlp" => {
                let [from, to] = [student, teacher].map(|shape| shape[shape.len() - 1]);
                MlpProjectorConfig::new(from, to).init(device).into()
            }
            "resize" => ResizeConfig::new(teacher[2], teacher[3]).init().into(),
            "resize_linear" => {
                let config = ResizeConfig::new(teacher[2], teacher[3]);
                config.with_mode(Resampling::Linear).init().into()
            }
            "resize_average" => {
                let config = ResizeConfig::new(teacher[2], teacher[3]);
                config.with_mode(Resampling::Average).init().into()
            }
            "resample_tokens" => ResampleTokensConfig::new(teacher[1]).init().into(),
            "resample_tokens_linear" => {
                let config = ResampleTokensConfig::new(teacher[1]);
                config.with_mode(Resampling::Linear).init().into()
            }
            "pool_map" => PoolMap.into(),
            "pool_tokens" => PoolTokensConfig::new().init().into(),
            "pool_tokens_first" => PoolTokensConfig::new().with_pooling(TokenPooling::First).init().into(),
            adapt if adapt.starts_with("adapt_") => AdapterConfig::new(student.into(), teacher.into()).init(device),
            other => panic!("there is no projector '{other}'"),
        }
    }
}

/// Puts numbers in the place of a module's own, in the order of its fields.
struct Fill<I> {
    numbers: I,
    dtype: DType,
}

impl<I: Iterator<Item = Vec<f64>>> ModuleMapper for Fill<I> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let old = param.val();
        let numbers = self.numbers.next().expect("a list for every parameter");
        let data = TensorData::new(numbers, old.dims());
        let new = Tensor::from_data(data, (&old.device(), self.dtype));
        Param::initialized(param.id, new.set_require_grad(old.is_require_grad()))
    }
}

fn fill<M: Module>(module: M, numbers: impl IntoIterator<Item = Vec<f64>>, dtype: DType) -> M {
    let mut fill = Fill {
        numbers: numbers.into_iter(),
        dtype,
    };
    let module = module.map(&mut fill);
    assert!(fill.numbers.next().is_none(), "a parameter for every list");
    module
}

fn hint() -> HintLoss {
    HintLossConfig::new().init()
}

/// The hint loss behind a projector that is made wherever the student is, and in its type.
#[derive(Clone)]
struct Anew(Named);

impl<const S: usize, const T: usize> DistillLoss<Tensor<S>, Tensor<T>> for Anew
where
    Feature: From<Tensor<S>> + From<Tensor<T>>,
{
    fn per_sample(&self, student: Tensor<S>, teacher: Tensor<T>) -> Tensor<1> {
        let projector = self.0.init(&student.dims(), &teacher.dims(), &student.device());
        let projector = fill(projector, self.0.weights.clone(), student.dtype());
        Projected::new(projector, hint()).per_sample(Feature::from(student), Feature::from(teacher))
    }
}

#[test]
fn golden() {
    let nothing = Named::new(String::new(), vec![]);
    golden::check_features("projectors.json", &device(), &nothing, |named, shapes: &Shapes| {
        let loss = Anew(named.clone());
        match (shapes.student.len(), shapes.teacher.len()) {
            (1, 1) => Subject::shaped::<2, 2>(loss, shapes),
            (2, 1) => Subject::shaped::<3, 2>(loss, shapes),
            (3, 1) => Subject::shaped::<4, 2>(loss, shapes),
            (2, 2) => Subject::shaped::<3, 3>(loss, shapes),
            _ => Subject::shaped::<4, 4>(loss, shapes),
        }
    });
}

/// A 1×1 convolution of as many channels as the map of a law has, with weights that are not all alike.
#[derive(Clone)]
struct Convolved;

impl DistillLoss<Tensor<4>> for Convolved {
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        let [_, channels, _, _] = student.dims();
        let wave = |length: usize| (0..length).map(|at| (at as f64).sin()).collect();
        let projector = ConvProjectorConfig::new(channels, channels).init(&student.device());
        let dtype = rows::widen(student.clone()).dtype();
        let projector = fill(projector, [wave(channels * channels), wave(channels)], dtype);
        Projected::new(projector, hint()).per_sample(student, teacher)
    }
}

laws!(convolved: [any], Subject::new::<Tensor<4>, Tensor<4>>(Convolved));

fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), &device().autodiff())
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
    let projector = ConvProjectorConfig::new(3, 4).with_norm(true).init(&device);
    let features = random([8, 3, 4, 4]) * 5.0 + 2.0;
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

/// What goes in with mean square 1 comes out so; sampling leaves a few hundredths.
#[test]
fn features_start_as_large_as_they_were() {
    let device = device();
    let square = |features: Feature| read(features.flatten_samples().square().mean())[0];
    let maps = || Feature::from(random([16, 64, 8, 8]).without_autodiff());
    let conv = |config: ConvProjectorConfig| square(Projector::from(config.init(&device)).project(maps()));
    let vectors = Feature::from(random([512, 64]).without_autodiff());
    let mlp = Projector::from(MlpProjectorConfig::new(64, 128).with_hidden(Some(256)).init(&device));
    let adapted = AdapterConfig::new(vec![1, 64], vec![1, 96]).init(&device);
    let squares = [
        conv(ConvProjectorConfig::new(64, 96)),
        conv(ConvProjectorConfig::new(64, 96).with_relu(true)),
        square(mlp.project(vectors.clone())),
        square(adapted.project(vectors)),
    ];
    assert_close("mean square", &squares, &[1.0; 4], within(0.15));
}

#[test]
fn half_precision_stays_what_it_is() {
    let device = device();
    if !device.supports_dtype(burn::tensor::FloatDType::F16) {
        return;
    }
    let map = || Tensor::<4>::ones([2, 3, 4, 4], &device).cast(burn::tensor::FloatDType::F16);
    assert_eq!(ResizeConfig::new(3, 7).init().project(map()).dtype(), DType::F16);
    assert_eq!(PoolMap.project(map()).dtype(), DType::F16);
    // Weights are of one type, and what comes of them too.
    assert_eq!(
        ConvProjectorConfig::new(3, 3).init(&device).project(map()).dtype(),
        DType::F32
    );
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
#[should_panic(expected = "PoolMap: the batch is empty")]
fn an_empty_batch() {
    let _ = PoolMap.project(Tensor::zeros([0, 8, 4, 4], &device()));
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
