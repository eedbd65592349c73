//! The means of two views' features.

use burn::tensor::Tensor;
use kd::{DistillLoss, self_distillation::MeanDiscrepancyLossConfig};
use kd_testkit::{Subject, device, golden, laws};

#[test]
fn golden() {
    let config = MeanDiscrepancyLossConfig::new();
    golden::check_features(
        "mean_discrepancy.json",
        &device(),
        &config,
        |config, shapes| match shapes.student.len() {
            1 => Subject::shaped::<2, 2>(config.init(), shapes),
            _ => Subject::shaped::<4, 4>(config.init(), shapes),
        },
    );
}

// The value is of the batch: no sample stands alone.
laws!(of_vectors: [coupled, mean, smooth, same_classes, divergence],
    Subject::new::<Tensor<2>, Tensor<2>>(MeanDiscrepancyLossConfig::new().init()));
laws!(of_tokens: [coupled, mean, smooth, same_classes, divergence],
    Subject::new::<Tensor<3>, Tensor<3>>(MeanDiscrepancyLossConfig::new().init()));
laws!(of_maps: [coupled, mean, smooth, same_classes, divergence],
    Subject::new::<Tensor<4>, Tensor<4>>(MeanDiscrepancyLossConfig::new().init()));

/// Means can be equal where no sample is; and of two views both move.
#[test]
fn only_means_count() {
    let device = device().autodiff();
    let view = |rows: [[f32; 2]; 2]| Tensor::<2>::from_floats(rows, &device).require_grad();
    let loss = MeanDiscrepancyLossConfig::new().init();
    let (first, second) = (view([[0.0, 2.0], [4.0, 0.0]]), view([[1.0, 1.0], [3.0, 1.0]]));
    assert_eq!(loss.forward(first.clone(), second).into_scalar::<f32>(), 0.0);

    let second = view([[1.0, 1.0], [1.0, 1.0]]);
    let value = loss.forward([first.clone(), second.clone()], ());
    let gradients = value.backward();
    assert_eq!(value.into_scalar::<f32>(), 1.0);
    let read = |leaf: Tensor<2>| leaf.grad(&gradients).unwrap().into_data().try_to_vec::<f32>().unwrap();
    assert_eq!(read(first), [1.0, 0.0, 1.0, 0.0]);
    assert_eq!(read(second), [-1.0, 0.0, -1.0, 0.0]);
}

fn zeros(hidden: usize) -> Tensor<2> {
    Tensor::zeros([2, hidden], &device())
}

#[test]
#[should_panic(
    expected = "MeanDiscrepancyLoss: the first view has shape [2, 3] and the second [2, 4]; they differ at axis 1"
)]
fn views_of_unequal_features() {
    let _ = MeanDiscrepancyLossConfig::new()
        .init()
        .forward([zeros(3), zeros(4)], ());
}

#[test]
#[should_panic(expected = "MeanDiscrepancyLoss: the student has shape [2, 3] and the teacher [2, 4]")]
fn a_teacher_of_unequal_features() {
    let _ = MeanDiscrepancyLossConfig::new().init().forward(zeros(3), zeros(4));
}
