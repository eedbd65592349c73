use burn::tensor::DType;
use proptest::prelude::{Just, Strategy};

use super::{gradient, value};
use crate::{Subject, assert_close, device, for_each, whole_batches};

/// As many classes again, all with logit −∞, change nothing and get no gradient.
///
/// Catches divisions by the number of classes and padding with zeros.
pub fn absent_classes_do_not_matter(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let width = batch.width;
        let before = subject.run(&batch, &device, DType::F32);
        let padded = batch.widen(width, f64::NEG_INFINITY);
        let after = subject.run(&padded, &device, DType::F32);
        assert_close("values", &after.per_sample, &before.per_sample, value());
        let extended: Vec<f64> = before
            .student_grad
            .chunks(width)
            .flat_map(|row| row.iter().copied().chain(std::iter::repeat_n(0.0, width)))
            .collect();
        assert_close("gradient", &after.student_grad, &extended, gradient(batch.rows()));
    });
}

/// A constant added to all logits of a row changes nothing.
pub fn shifts_do_not_matter(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let before = subject.run(&batch, &device, DType::F32);
        let after = subject.run(&batch.map(|logit| logit + 16.0), &device, DType::F32);
        assert_close("values", &after.per_sample, &before.per_sample, value());
        assert_close(
            "gradient",
            &after.student_grad,
            &before.student_grad,
            gradient(batch.rows()),
        );
    });
}

/// Classes in another order, on both sides and in the labels, have the same values.
///
/// Catches masks made in sorted order and applied in another.
pub fn the_order_of_classes_does_not_matter(subject: &Subject) {
    let device = device();
    let shuffled = whole_batches().prop_flat_map(|batch| {
        let columns: Vec<usize> = (0..batch.width).collect();
        (Just(batch), Just(columns).prop_shuffle())
    });
    for_each(shuffled, |(batch, columns)| {
        let before = subject.values(&batch, &device, DType::F32);
        let after = subject.values(&batch.permute_columns(&columns), &device, DType::F32);
        assert_close("values", &after, &before, value());
    });
}

/// Logits of ±10⁴, and −∞ where the teacher sees nothing either, give finite values and gradients.
pub fn extreme_logits_are_finite(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let absent = batch.map(|logit| logit.signum() * 1e4).widen(1, f64::NEG_INFINITY);
        let outcome = subject.run(&absent, &device, DType::F32);
        assert_finite(&outcome.per_sample);
        assert_finite(&outcome.student_grad);
    });
}

/// A class that the teacher alone rules out, probability 0 against more than 0, leaves values and gradients finite.
pub fn what_the_teacher_rules_out_is_finite(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let mut ruled_out = batch;
        let width = ruled_out.width;
        for (row, label) in ruled_out.labels.iter().enumerate() {
            ruled_out.teacher[row * width + (label + 1) % width] = f64::NEG_INFINITY;
        }
        let outcome = subject.run(&ruled_out, &device, DType::F32);
        assert_finite(&outcome.per_sample);
        assert_finite(&outcome.student_grad);
    });
}

fn assert_finite(numbers: &[f64]) {
    assert!(numbers.iter().all(|x| x.is_finite()), "{numbers:?}");
}
