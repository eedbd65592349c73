//! Factors of features, and the two networks that make them.

use burn::{
    module::Module,
    optim::{AdamConfig, GradientsParams},
    tensor::{Distribution, Tensor, TensorData},
};
use kd::{
    DistillLoss, Frozen, Projected, Teacher,
    feature::{
        FactorTransferLoss, FactorTransferLossConfig, Paraphraser, ParaphraserConfig, Translator, TranslatorConfig,
    },
};
use kd_testkit::{Batch, Subject, device, golden, laws, read};

use crate::any_rank::{outcome, shaped};

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

#[test]
fn the_translator_learns_with_the_loss() {
    let device = device().autodiff();
    let paraphraser = ParaphraserConfig::new(6).with_norm(false).init(&device);
    let teacher = Frozen::new(paraphraser, |paraphraser: &Paraphraser, map| paraphraser.factor(map));
    let translator = TranslatorConfig::new(4, 3).with_norm(false).init(&device);
    let transfer: Projected<Translator, FactorTransferLoss> = Projected::new(translator, transfer());
    let map = |channels| Tensor::<4>::random([2, channels, 5, 5], Distribution::Default, &device);
    laws::every_parameter_learns(transfer, |transfer| transfer.forward(map(4), teacher.teach(map(6))));
}

/// Stage 1: features of rank 1, which a factor of half the channels can hold.
#[test]
fn a_paraphraser_learns_to_reconstruct() {
    let device = device().autodiff();
    device.seed(0);
    let places = Tensor::<4>::random([4, 1, 6, 6], Distribution::Normal(0.0, 1.0), &device);
    let channels = Tensor::<4>::random([1, 6, 1, 1], Distribution::Normal(0.0, 1.0), &device);
    let features = places * channels;
    let mut paraphraser = ParaphraserConfig::new(6).with_norm(false).init(&device);
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
