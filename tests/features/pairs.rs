//! Several layers at once, and the student they leave behind.

use burn::{
    module::Module,
    nn::{Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{DType, Device, Tensor, TensorData},
};
use kd::{
    Error, Feature, FeatureProjector, Features, Frozen, Projected, Teacher,
    feature::{Distilled, FeaturePair, FeaturePairs, HintLoss, HintLossConfig, align::Plan},
};
use kd_testkit::{contents, device, laws, read};

use crate::projectors::fill;

/// Numbers between −1 and 1 that look random and are always the same.
fn numbers(count: usize) -> Vec<f64> {
    (0..count).map(|at| (0.7 * (at * at) as f64 + 1.0).sin()).collect()
}

fn linear(from: usize, to: usize, device: &Device) -> Linear {
    let linear = LinearConfig::new(from, to).init(device);
    fill(linear, [numbers(from * to), numbers(to)], DType::F32)
}

/// Two layers of this width.
#[derive(Module, Debug)]
struct Network {
    inner: Linear,
    outer: Linear,
}

impl Network {
    fn new(width: usize, device: &Device) -> Self {
        Self {
            inner: linear(5, width, device),
            outer: linear(width, width, device),
        }
    }

    fn features(&self, input: Tensor<2>) -> Features {
        let inner = self.inner.forward(input).tanh();
        let outer = self.outer.forward(inner.clone()).tanh();
        Features::new().with("inner", inner).with("outer", outer)
    }
}

/// A linear map of vectors.
#[derive(Module, Debug)]
struct Widen {
    linear: Linear,
}

impl FeatureProjector<Feature> for Widen {
    type Output = Feature;

    fn project(&self, feature: Feature) -> Feature {
        self.linear.forward(feature.flatten_samples()).into()
    }
}

type Pairs = FeaturePairs<Widen, HintLoss>;

/// Makes what the shapes ask for.
fn widen(device: &Device) -> impl Fn(&[usize], &[usize]) -> Result<Projected<Widen, HintLoss>, Error> {
    move |student, teacher| {
        let linear = linear(student[1], teacher[1], device);
        Ok(Projected::new(Widen { linear }, HintLossConfig::new().init()))
    }
}

fn plan() -> Plan {
    Plan::by_index(["inner", "outer"], ["inner", "outer"]).unwrap()
}

/// A student of 4, a teacher of 6, and an input for both.
fn sides(device: &Device) -> (Network, Features, Tensor<2>) {
    let input = Tensor::from_data(TensorData::new(numbers(40), [8, 5]), (device, DType::F32));
    let teacher = Frozen::new(Network::new(6, device), |network, x| network.features(x));
    (Network::new(4, device), teacher.teach(input.clone()), input)
}

fn model(device: &Device) -> (Distilled<Network, Pairs>, Features, Tensor<2>) {
    let (student, teacher, input) = sides(device);
    let pairs = Pairs::from_plan(&plan(), &student.features(input.clone()), &teacher, widen(device)).unwrap();
    (Distilled::new(student, pairs), teacher, input)
}

#[test]
fn one_optimizer_trains_student_and_projectors() {
    let (model, teacher, input) = model(&device().autodiff());
    // Each layer's weight and bias, of two layers and two projectors.
    assert_eq!(contents(&model).len(), 8);
    laws::every_parameter_learns(model, |model| {
        let student = model.student.features(input);
        model.distiller.terms(&student, &teacher).unwrap().total()
    });
}

#[test]
fn a_step_brings_the_student_nearer() {
    let (mut model, teacher, input) = model(&device().autodiff());
    let loss = |model: &Distilled<Network, Pairs>| {
        let student = model.student.features(input.clone());
        model.distiller.terms(&student, &teacher).unwrap().total()
    };
    let before = loss(&model);
    let gradients = GradientsParams::from_grads(before.backward(), &model);
    model = SgdConfig::new().init().step(0.1, model, gradients);
    assert!(read(loss(&model)) < read(before));
}

#[test]
fn the_student_is_saved_without_them() {
    let device = device();
    let size = |bytes: Result<burn::tensor::Bytes, _>| -> usize {
        bytes
            .map_err(|error: burn::store::RecordError| error.to_string())
            .unwrap()
            .len()
    };
    let bare = size(Network::new(4, &device).into_record().into_bytes());
    let (model, ..) = model(&device);
    let whole = size(model.clone().into_record().into_bytes());
    let student = model.clone().into_student();
    assert_eq!(contents(&student), contents(&model.student));
    assert_eq!(size(student.into_record().into_bytes()), bare);
    // The projectors' 2 · (4 + 1) · 6 numbers of four bytes.
    assert!(whole >= bare + 240, "{whole} and {bare}");
}

#[test]
fn weights_apply_and_follow_a_schedule() {
    let device = device();
    let (student, teacher, input) = sides(&device);
    let student = student.features(input);
    let mut planned = plan();
    planned.pairs[1].weight = 0.25;
    let pairs = Pairs::from_plan(&planned, &student, &teacher, widen(&device)).unwrap();

    let terms = pairs.terms(&student, &teacher).unwrap();
    let values = terms.values();
    assert_eq!([values[0].0, values[1].0], ["inner → inner", "outer → outer"]);
    let total = |pairs: &Pairs| read(pairs.terms(&student, &teacher).unwrap().total())[0];
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6 * expected, "{found}, {expected}");
    close(total(&pairs), values[0].1 + 0.25 * values[1].1);

    let pairs = pairs.with_weights(|pair| {
        if pair.student == "inner" {
            0.0
        } else {
            2.0 * pair.weight
        }
    });
    close(total(&pairs), 0.5 * values[1].1);
}

#[test]
fn a_layer_that_is_not_there_is_named_with_its_side() {
    let device = device();
    let (student, teacher, input) = sides(&device);
    let student = student.features(input);
    let made = |of_student, of_teacher| {
        let plan = Plan::by_index([of_student], [of_teacher]).unwrap();
        let error = Pairs::from_plan(&plan, &student, &teacher, widen(&device)).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        made("stem", "inner"),
        "the student has no layer 'stem'; there are 'inner', 'outer'"
    );
    assert_eq!(
        made("inner", "head"),
        "the teacher has no layer 'head'; there are 'inner', 'outer'"
    );

    let hint = widen(&device)(&[8, 4], &[8, 6]).unwrap();
    let pairs = Pairs::new().with(FeaturePair::new("inner", "head", hint));
    let error = pairs.terms(&student, &teacher).unwrap_err();
    assert!(
        matches!(
            error,
            Error::UnknownLayer {
                side: Some("teacher"),
                ..
            }
        ),
        "{error}"
    );
}

#[test]
#[should_panic(expected = "there is a pair 'a → b' already")]
fn a_pair_twice_panics() {
    let pair = || {
        let hint = Projected::new(kd::Identity, HintLossConfig::new().init());
        FeaturePair::new("a", "b", hint)
    };
    let _ = FeaturePairs::new().with(pair()).with(pair());
}
