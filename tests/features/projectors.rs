//! The projectors: golden values, and the laws of a loss behind one.

use burn::{
    config::Config,
    module::{Module, ModuleMapper, Param},
    tensor::{DType, Device, Tensor, TensorData},
};
use kd::{
    DistillLoss, Feature, Projected,
    feature::{
        AdapterConfig, BottleneckProjectorConfig, ConvProjectorConfig, HintLossConfig, MlpProjectorConfig, PoolMap,
        PoolTokensConfig, Projector, ResampleTokensConfig, Resampling, ResizeConfig, TokenPooling,
    },
    rows,
};
use kd_testkit::{Shapes, Subject, device, golden, laws};

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

/// The module with these numbers in it, in this type.
pub fn fill<M: Module>(module: M, numbers: impl IntoIterator<Item = Vec<f64>>, dtype: DType) -> M {
    let mut fill = Fill {
        numbers: numbers.into_iter(),
        dtype,
    };
    let module = module.map(&mut fill);
    assert!(fill.numbers.next().is_none(), "a parameter for every list");
    module
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
        Projected::new(projector, HintLossConfig::new().init())
            .per_sample(Feature::from(student), Feature::from(teacher))
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
        Projected::new(projector, HintLossConfig::new().init()).per_sample(student, teacher)
    }
}

laws!(convolved: [any], Subject::new::<Tensor<4>, Tensor<4>>(Convolved));
