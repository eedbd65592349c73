//! What a ReLU would see of the teacher.

use burn::{
    config::Config,
    tensor::{Tensor, TensorData},
};
use kd::{
    DistillLoss,
    feature::{PartialL2Loss, PartialL2LossConfig},
};
use kd_testkit::{Batch, Subject, device, golden, laws};

use crate::any_rank::{channels_of, outcome, shaped};

#[derive(Config, Debug)]
struct MarginsConfig {
    margins: Vec<f64>,
}

fn with_margins(margins: &[f64]) -> PartialL2Loss {
    PartialL2LossConfig::new().init(Tensor::from_data(TensorData::from(margins), &device()))
}

#[test]
fn golden() {
    golden::check_features(
        "partial_l2.json",
        &device(),
        &MarginsConfig::new(vec![]),
        |config, shapes| shaped(with_margins(&config.margins), shapes),
    );
}

/// As many channels as the features have, for laws that try several. Inputs are multiples of 1/16, and no margin is one.
#[derive(Clone)]
struct OfAnyWidth;

fn margins(channels: usize) -> PartialL2Loss {
    let margins: Vec<f64> = (0..channels).map(|channel| -0.7 - channel as f64).collect();
    with_margins(&margins)
}

impl<const D: usize> DistillLoss<Tensor<D>> for OfAnyWidth {
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        margins(channels_of(&student)).per_sample(student, teacher)
    }
}

laws!(of_vectors: [any_but_slope, divergence], Subject::new::<Tensor<2>, Tensor<2>>(OfAnyWidth));
laws!(of_tokens: [any_but_slope, divergence], Subject::new::<Tensor<3>, Tensor<3>>(OfAnyWidth));
laws!(of_maps: [any_but_slope, divergence], Subject::new::<Tensor<4>, Tensor<4>>(OfAnyWidth));

/// Half a parabola has a bend where it begins: where a number is the teacher's.
#[test]
fn the_gradient_is_the_slope_elsewhere() {
    let apart = |batch: &Batch| batch.student.iter().zip(&batch.teacher).all(|(s, t)| s != t);
    laws::finite_differences_where(&Subject::new::<Tensor<2>, Tensor<2>>(OfAnyWidth), apart);
}

/// Zeros are low enough for a teacher that does not fire.
#[test]
fn features_of_zeros_are_finite() {
    let student = TensorData::from([[0.0f32, 0.0, 0.0]]);
    let teacher = TensorData::from([[0.0f32, 2.0, -3.0]]);
    let (values, gradient) = outcome::<2, 2>(&with_margins(&[-1.0; 3]), student, teacher);
    assert_eq!(values, [4.0 + 1.0]);
    assert_eq!(gradient, [0.0, -4.0, 2.0]);
}

#[test]
#[should_panic(expected = "there are 4 margins for features of 3 channels")]
fn other_channels_panic() {
    let vector = Tensor::<2>::ones([2, 3], &device());
    let _ = with_margins(&[-1.0; 4]).forward(vector.clone(), vector);
}
