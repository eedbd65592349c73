//! Labels, and the deepest exit's answers and features, for the exits of one network.

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Int, Tensor, TensorData},
};
use kd::{
    DistillLoss, Feature, FeatureProjector, Labelled,
    self_distillation::{ByotLoss, ByotLossConfig, Exits},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, waves, within};

/// What a golden case says: the loss's own configuration, and what is in a row.
#[derive(Config, Debug)]
struct Cut {
    classes: usize,
    shapes: Vec<Vec<usize>>,
    adapters: Vec<Vec<f64>>,
    alpha: f64,
    beta: f64,
    temperature: f64,
    weights: Vec<f64>,
}

/// A matrix that vectors are multiplied with.
#[derive(Module, Debug)]
struct Matrix {
    weight: Param<Tensor<2>>,
}

impl FeatureProjector<Feature> for Matrix {
    type Output = Feature;

    fn project(&self, features: Feature) -> Feature {
        features.flatten_samples().matmul(self.weight.val()).into()
    }
}

/// The loss of exits that are parts of one row: all logits, then all features.
#[derive(Clone)]
struct OfRows(Cut);

impl OfRows {
    fn exits(&self, rows: &Tensor<2>) -> Exits {
        let batch = rows.dims()[0];
        let mut at = 0;
        let mut part = |width: usize| {
            let part = rows.clone().narrow(1, at, width);
            at += width;
            part
        };
        let logits = self.0.shapes.iter().map(|_| part(self.0.classes)).collect();
        let mut feature = |shape: &Vec<usize>| -> Feature {
            let part = part(shape.iter().product());
            match shape[..] {
                [_] => part.into(),
                [seq, hidden] => part.reshape([batch, seq, hidden]).into(),
                [channels, height, width] => part.reshape([batch, channels, height, width]).into(),
                _ => panic!("features have one to three axes beside the batch's"),
            }
        };
        let features = self.0.shapes.iter().map(&mut feature).collect();
        Exits { logits, features }
    }

    fn loss(&self, like: &Tensor<2>) -> ByotLoss<Matrix> {
        let width = self.0.shapes[self.0.shapes.len() - 1][0];
        let matrix = |numbers: &Vec<f64>| {
            let data = TensorData::new(numbers.clone(), [numbers.len() / width, width]);
            let weight = Tensor::from_data(data, (&like.device(), like.dtype()));
            Matrix {
                weight: Param::from_tensor(weight),
            }
        };
        ByotLossConfig::new()
            .with_alpha(self.0.alpha)
            .with_beta(self.0.beta)
            .with_temperature(self.0.temperature)
            .with_weights(self.0.weights.clone())
            .init_with_adapters(self.0.adapters.iter().map(matrix).collect())
    }
}

impl DistillLoss<Tensor<2>, Labelled> for OfRows {
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        self.loss(&student).per_sample(self.exits(&student), teacher.labels)
    }
}

#[test]
fn golden() {
    let config = ByotLossConfig::new();
    let default = Cut::new(
        1,
        vec![],
        vec![],
        config.alpha,
        config.beta,
        config.temperature,
        config.weights,
    );
    golden::check("byot.json", &device(), &default, |cut| {
        Subject::new::<Tensor<2>, Labelled>(OfRows(cut.clone()))
    });
}

/// A shallow exit as the student of the laws, the deepest as their teacher: its logits are its features, too. What it learns
/// from labels is weighed with 0, for no teacher of the laws learns.
#[derive(Clone)]
struct OfShallow(ByotLoss);

impl DistillLoss<Tensor<2>, Labelled> for OfShallow {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        let exits = Exits::new()
            .with(student.clone(), student)
            .with(teacher.logits.clone(), teacher.logits);
        self.0.per_sample(exits, teacher.labels)
    }
}

fn of_shallow(config: ByotLossConfig) -> Subject {
    let byot = config.with_weights(vec![1.0, 0.0]).init();
    Subject::new::<Tensor<2>, Labelled>(OfShallow(byot))
}

laws!(all_parts: [any], of_shallow(ByotLossConfig::new().with_alpha(0.4).with_beta(0.25)));
laws!(labels_and_answers: [any, softmax], of_shallow(ByotLossConfig::new().with_alpha(0.4).with_beta(0.0)));
laws!(no_labels: [any, divergence], of_shallow(ByotLossConfig::new().with_alpha(1.0).with_beta(0.25)));

#[test]
fn temperature_keeps_the_gradient() {
    let at = |temperature| {
        let config = ByotLossConfig::new().with_alpha(1.0).with_beta(0.0);
        of_shallow(config.with_temperature(temperature))
    };
    laws::temperature_keeps_the_gradient(at);
}

/// The logits and features that an exit shows.
fn exit(rows: usize, [classes, width]: [usize; 2], number: usize, device: &Device) -> [Tensor<2>; 2] {
    let phase = number as f64;
    [
        waves([rows, classes], phase, device) * 2.0,
        waves([rows, width], phase + 0.5, device),
    ]
}

/// Exits of these classes and widths.
pub fn exits<const N: usize>(rows: usize, shapes: [[usize; 2]; N], device: &Device) -> Exits {
    let shapes = shapes.into_iter().enumerate();
    shapes.fold(Exits::new(), |exits, (number, shape)| {
        let [logits, features] = exit(rows, shape, number, device).map(Tensor::require_grad);
        exits.with(logits, features)
    })
}

pub fn classes(device: &Device) -> Tensor<1, Int> {
    Tensor::from_ints([0, 2, 1, 2], device)
}

/// Three exits of three classes and five numbers, all of them leaves.
pub fn leaves(device: &Device) -> Exits {
    exits(4, [[3, 5]; 3], device)
}

#[test]
fn terms_are_named_and_add_up() {
    let device = device().autodiff();
    let exits = leaves(&device);
    let byot = ByotLossConfig::new()
        .with_beta(0.1)
        .with_weights(vec![0.5, 0.0, 2.0])
        .init();
    let terms = byot.terms(exits.clone(), classes(&device));
    let names: Vec<&str> = terms.iter().map(|term| &*term.name).collect();
    let expected = [
        "exit 1 hard",
        "exit 1 soft",
        "exit 1 features",
        "exit 2 hard",
        "exit 2 soft",
        "exit 2 features",
        "exit 3 hard",
    ];
    assert_eq!(names, expected);
    let weights: Vec<f64> = terms.iter().map(|term| term.weight).collect();
    assert_eq!(weights, [0.45, 0.05, 0.05, 0.0, 0.0, 0.0, 2.0]);
    let forward = read(byot.forward(exits, classes(&device)));
    assert_close("total", &read(terms.total()), &forward, within(1e-6));
}

#[test]
fn parts_without_weight_are_not_computed() {
    let device = device().autodiff();
    let names = |config: ByotLossConfig| -> Vec<String> {
        let terms = config.init().terms(leaves(&device), classes(&device));
        terms.iter().map(|term| term.name.clone()).collect()
    };
    let config = || ByotLossConfig::new().with_beta(0.0);
    assert_eq!(
        names(config().with_alpha(0.0)),
        ["exit 1 hard", "exit 2 hard", "exit 3 hard"]
    );
    assert_eq!(
        names(config().with_alpha(1.0)),
        ["exit 1 soft", "exit 2 soft", "exit 3 hard"]
    );

    // Nobody looks at features then, so there need be none.
    let mut exits = leaves(&device);
    exits.features.clear();
    let _ = config().init().forward(exits, classes(&device));
}

/// The classes' number divides nothing: neural-compressor and others take a mean over classes as well.
#[test]
fn answers_are_summed_over_classes() {
    let device = device();
    let byot = ByotLossConfig::new().with_alpha(1.0).with_beta(0.0).init();
    let soft = |classes: usize| {
        let mut shallow = vec![f32::NEG_INFINITY; classes];
        let mut deep = shallow.clone();
        shallow[..2].copy_from_slice(&[1.0, 0.0]);
        deep[..2].copy_from_slice(&[0.0, 3.0]);
        let row = |numbers| Tensor::<2>::from_data(TensorData::new(numbers, [1, classes]), &device);
        let exits = Exits::new()
            .with(row(shallow), row(vec![0.0; classes]))
            .with(row(deep), row(vec![0.0; classes]));
        byot.terms(exits, Tensor::from_ints([1], &device)).values()[0].1
    };
    assert_close("1000 classes", &[soft(1000)], &[soft(2)], within(1e-6));
}

#[test]
fn features_of_any_rank_are_summed_over_a_sample() {
    let device = device();
    let byot = ByotLossConfig::new().with_beta(1.0).init();
    let value = |feature: fn(f32, &Device) -> Feature| {
        let logits = Tensor::<2>::zeros([2, 3], &device);
        let exits = Exits::new()
            .with(logits.clone(), feature(0.0, &device))
            .with(logits, feature(0.5, &device));
        byot.terms(exits, Tensor::from_ints([0, 0], &device)).values()[2].1
    };
    assert_eq!(value(|x, device| Tensor::<2>::full([2, 12], x, device).into()), 3.0);
    assert_eq!(value(|x, device| Tensor::<3>::full([2, 3, 4], x, device).into()), 3.0);
    assert_eq!(
        value(|x, device| Tensor::<4>::full([2, 3, 2, 2], x, device).into()),
        3.0
    );
}
