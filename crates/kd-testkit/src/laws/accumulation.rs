use burn::tensor::{Bool, DType, Device, Tensor, TensorData};
use kd_core::rows::masked_mean;
use proptest::prelude::{Just, Strategy, any};

use super::{gradient, value};
use crate::{Subject, assert_close, device, for_each, whole_batches};

fn mask(entries: Vec<bool>, device: &Device) -> Tensor<1, Bool> {
    let length = entries.len();
    Tensor::from_data(TensorData::new(entries, [length]), device)
}

/// Rows that are masked out, at whatever place, change neither the mean nor the gradient, and get none themselves.
///
/// Catches padding that leaks in.
pub fn masked_rows_change_nothing(subject: &Subject) {
    let device = device();
    let masked = whole_batches().prop_flat_map(|batch| {
        let entries = proptest::collection::vec(any::<bool>(), batch.rows());
        (Just(batch), entries)
    });
    for_each(masked, |(batch, entries)| {
        let kept: Vec<usize> = (0..batch.rows()).filter(|&row| entries[row]).collect();
        if kept.is_empty() {
            return; // the next law
        }
        let expected = subject.run(&batch.select(&kept), &device, DType::F32);

        let recorded = subject.record(&batch, &device, DType::F32);
        let total = masked_mean(recorded.per_sample.clone(), mask(entries.clone(), &device));
        let outcome = recorded.outcome(total);

        assert_close("mean", &[outcome.total], &[expected.total], value());
        let mut expected_grad = vec![0.0; batch.rows() * batch.width];
        for (row, values) in kept.iter().zip(expected.student_grad.chunks(batch.width)) {
            expected_grad[row * batch.width..][..batch.width].copy_from_slice(values);
        }
        assert_close(
            "gradient",
            &outcome.student_grad,
            &expected_grad,
            gradient(batch.rows()),
        );
    });
}

/// Where nothing counts, the mean is exactly 0 and differentiable, with gradient 0.
///
/// Catches NaN and detached zeros.
pub fn nothing_unmasked_is_a_zero(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let recorded = subject.record(&batch, &device, DType::F32);
        let nothing = mask(vec![false; batch.rows()], &device);
        let outcome = recorded.outcome(masked_mean(recorded.per_sample.clone(), nothing));
        assert_eq!(outcome.total, 0.0);
        assert!(outcome.student_grad.iter().all(|&g| g == 0.0));
    });
}

/// Micro-batches, each summed and divided by the count of the whole, add up to the whole's mean and gradient.
///
/// Catches means of means (the accumulation bug of several trainers).
pub fn micro_batches_accumulate(subject: &Subject) {
    let device = device();
    let cut = whole_batches()
        .prop_filter("one row cannot be cut", |batch| batch.rows() > 1)
        .prop_flat_map(|batch| {
            let rows = batch.rows();
            (Just(batch), 1..rows)
        });
    for_each(cut, |(batch, cut)| {
        let whole = subject.run(&batch, &device, DType::F32);
        let count = batch.rows() as f64;
        let (mut total, mut sum) = (0.0, Vec::new());
        for part in [0..cut, cut..batch.rows()] {
            let part = batch.select(&part.collect::<Vec<_>>());
            let recorded = subject.record(&part, &device, DType::F32);
            let outcome = recorded.outcome(recorded.per_sample.clone().sum() / count);
            total += outcome.total;
            sum.extend(outcome.student_grad);
        }
        assert_close("mean", &[total], &[whole.total], value());
        assert_close("gradient", &sum, &whole.student_grad, gradient(batch.rows()));
    });
}
