//! Factors of features, and the two networks that make them.

use burn::{
    config::Config,
    module::Module,
    optim::{AdamConfig, GradientsParams},
    tensor::{FloatDType, Tensor, TensorData},
};
use kd::{
    DistillLoss, Feature, FeatureProjector, Frozen, Projected, Teacher,
    feature::{
        FactorTransferLoss, FactorTransferLossConfig, Paraphraser, ParaphraserConfig, Translator, TranslatorConfig,
    },
};
use kd_testkit::{Batch, Subject, device, golden, laws, read, waved, waves};

use crate::{
    any_rank::{outcome, shaped},
    projectors::fill,
};

fn transfer() -> FactorTransferLoss {
    FactorTransferLossConfig::new().init()
}

#[test]
fn golden() {
    golden::check_features(
        "factor_transfer.json",
        &device(),
        &FactorTransferLossConfig::new(),
        |config, shapes| shaped(config.init(), shapes),
    );
}

laws!(of_vectors: [any_but_slope, divergence], Subject::new::<Tensor<2>, Tensor<2>>(transfer()));
laws!(of_tokens: [any_but_slope, divergence], Subject::new::<Tensor<3>, Tensor<3>>(transfer()));
laws!(of_maps: [any_but_slope, divergence], Subject::new::<Tensor<4>, Tensor<4>>(transfer()));

/// It has a kink where two numbers at length 1 are equal.
#[test]
fn the_gradient_is_the_slope_elsewhere() {
    let at_length_1 = |numbers: &[f64], width: usize| -> Vec<f64> {
        let of_row = |row: &[f64]| {
            let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
            row.iter().map(|x| x / length).collect::<Vec<_>>()
        };
        numbers.chunks(width).flat_map(of_row).collect()
    };
    let apart = |batch: &Batch| {
        let student = at_length_1(&batch.student, batch.width);
        let teacher = at_length_1(&batch.teacher, batch.width);
        student.iter().zip(teacher).all(|(s, t)| (s - t).abs() > 1e-4)
    };
    laws::finite_differences_where(&Subject::new::<Tensor<2>, Tensor<2>>(transfer()), apart);
}

#[test]
fn factors_of_zeros_are_finite() {
    let student = TensorData::from([[0.0f32, 0.0], [0.0, 4.0], [0.0, 0.0]]);
    let teacher = TensorData::from([[1.0f32, 0.0], [0.0, 0.0], [0.0, 0.0]]);
    let (values, gradient) = outcome::<2, 2>(&transfer(), student, teacher);
    assert_eq!(values, [1.0, 1.0, 0.0]);
    assert_eq!(gradient, [0.0; 6]);
}

/// The numbers of everything that a translator keeps, in the order of its fields.
#[derive(Config, Debug)]
struct TranslatorNumbersConfig {
    norm: bool,
    weights: Vec<Vec<f64>>,
}

/// The loss behind a translator with given weights, made where the student is and in its type.
#[derive(Clone)]
struct Translated(TranslatorNumbersConfig);

impl DistillLoss<Tensor<4>> for Translated {
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        let config = TranslatorConfig::new(student.dims()[1], teacher.dims()[1]).with_norm(self.0.norm);
        let translator = fill(config.init(&student.device()), self.0.weights.clone(), student.dtype());
        Projected::new(translator, transfer()).per_sample(student, teacher)
    }
}

#[test]
fn golden_of_the_translator() {
    let none = TranslatorNumbersConfig::new(true, vec![]);
    golden::check_features("translator.json", &device(), &none, |given, shapes| {
        Subject::shaped::<4, 4>(Translated(given.clone()), shapes)
    });
}

/// As they are by default, and without norms.
#[test]
fn the_translator_learns_with_the_loss() {
    let device = device().autodiff();
    let (student, features) = (waves([2, 4, 5, 5], 0.3, &device), waves([2, 6, 5, 5], 1.1, &device));
    for norm in [true, false] {
        let paraphraser = waved(ParaphraserConfig::new(6).with_norm(norm).init(&device));
        let teacher = Frozen::new(paraphraser, |paraphraser: &Paraphraser, map| paraphraser.factor(map));
        let translator = waved(TranslatorConfig::new(4, 3).with_norm(norm).init(&device));
        let transfer: Projected<Translator, FactorTransferLoss> = Projected::new(translator, transfer());
        let factor = teacher.teach(features.clone());
        laws::every_parameter_learns(transfer, |transfer| transfer.forward(student.clone(), factor));
    }
}

#[test]
fn a_paraphraser_learns_and_its_features_do_not() {
    let device = device().autodiff();
    let features = waves([2, 6, 5, 5], 1.1, &device).require_grad();
    for norm in [true, false] {
        let paraphraser = waved(ParaphraserConfig::new(6).with_norm(norm).init(&device));
        let gradients = paraphraser.reconstruction_loss(features.clone()).backward();
        assert!(features.grad(&gradients).is_none());
        laws::every_parameter_learns(paraphraser, |paraphraser| {
            paraphraser.reconstruction_loss(features.clone())
        });
    }
}

/// Stage 1: features of rank 1, which a factor of half the channels can hold.
#[test]
fn a_paraphraser_learns_to_reconstruct() {
    let device = device().autodiff();
    let features = waves([4, 1, 6, 6], 0.3, &device) * waves([1, 6, 1, 1], 1.1, &device);
    let mut paraphraser = waved(ParaphraserConfig::new(6).with_norm(false).init(&device));
    let loss_of = |paraphraser: &Paraphraser| paraphraser.reconstruction_loss(features.clone());
    let before = read(loss_of(&paraphraser))[0];
    let mut optimizer = AdamConfig::new().init();
    for _ in 0..100 {
        let gradients = GradientsParams::from_grads(loss_of(&paraphraser).backward(), &paraphraser);
        paraphraser = optimizer.step(1e-2, paraphraser, gradients);
    }
    let after = read(loss_of(&paraphraser.valid()))[0];
    assert!(after < 0.5 * before, "{before} became {after}");
}

/// In the type of its weights, and of a feature as of its map.
#[test]
fn a_translator_takes_half_precision_and_features() {
    let device = device();
    let translator = waved(TranslatorConfig::new(4, 3).with_norm(false).init(&device));
    let map = waves([2, 4, 5, 5], 0.3, &device);
    let factor = read(translator.project(map.clone()));
    let of_feature = translator.project(Feature::from(map.clone()));
    assert_eq!(of_feature.shape(), [2, 3, 5, 5]);
    assert_eq!(read(of_feature.flatten_samples()), factor);
    if device.supports_dtype(FloatDType::F16) {
        let half = map.cast(FloatDType::F16);
        let whole = half.clone().cast(FloatDType::F32);
        assert_eq!(read(translator.project(half)), read(translator.project(whole)));
    }
}

#[test]
#[should_panic(
    expected = "Translator: the student has shape [2, 8, 4, 4], which is 8 at axis 1, and the projector was made for 4"
)]
fn other_channels_than_the_translators_panic() {
    let translator = TranslatorConfig::new(4, 3).init(&device());
    let _ = translator.project(Tensor::<4>::zeros([2, 8, 4, 4], &device()));
}

#[test]
#[should_panic(expected = "Paraphraser: the teacher has shape [2, 8, 4, 4], but the weights are for 6 channels")]
fn other_channels_than_the_paraphrasers_panic() {
    let paraphraser = ParaphraserConfig::new(6).init(&device());
    let _ = paraphraser.factor(Tensor::zeros([2, 8, 4, 4], &device()));
}
