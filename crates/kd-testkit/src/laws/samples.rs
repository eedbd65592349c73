use burn::tensor::DType;
use proptest::prelude::{Just, Strategy};

use super::{gradient, value};
use crate::{Subject, assert_close, device, for_each, whole_batches};

/// Samples in another order have the same values and gradients, in that order.
///
/// Catches losses that depend on their neighbours in the batch.
pub fn order_does_not_matter(subject: &Subject) {
    let device = device();
    let shuffled = whole_batches().prop_flat_map(|batch| {
        let rows: Vec<usize> = (0..batch.rows()).collect();
        (Just(batch), Just(rows).prop_shuffle())
    });
    for_each(shuffled, |(batch, rows)| {
        let before = subject.run(&batch, &device, DType::F32);
        let after = subject.run(&batch.select(&rows), &device, DType::F32);
        let moved: Vec<f64> = rows.iter().map(|&row| before.per_sample[row]).collect();
        assert_close("values", &after.per_sample, &moved, value());
        assert_close("mean", &[after.total], &[before.total], value());
        let of_row = before.student_grad.chunks(batch.width).collect::<Vec<_>>();
        let moved: Vec<f64> = rows.iter().flat_map(|&row| of_row[row]).copied().collect();
        assert_close("gradient", &after.student_grad, &moved, gradient(batch.rows()));
    });
}

/// `forward` is the mean of the values that `per_sample` gives.
pub fn the_mean_is_of_the_values(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let values = subject.values(&batch, &device, DType::F32);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let forward = subject.forward(&batch, &device, DType::F32);
        assert_close("mean", &[forward], &[mean], value());
    });
}

/// A batch that comes twice has the same mean, and each copy half the gradient.
///
/// Catches wrong divisors.
pub fn repetition_does_not_matter(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let once = subject.run(&batch, &device, DType::F32);
        let twice = subject.run(&batch.concat(&batch), &device, DType::F32);
        assert_close("mean", &[twice.total], &[once.total], value());
        let half: Vec<f64> = once.student_grad.iter().map(|g| g / 2.0).collect();
        assert_close("gradient", &twice.student_grad, &half.repeat(2), gradient(batch.rows()));
    });
}
