use burn::tensor::DType;

use crate::{Batch, Subject, device, for_each, whole_batches};

/// Where student and teacher are equal the value is 0, and so is the gradient.
///
/// Catches wrong signs, norms and divisors, and cross-entropies that pose as divergences.
pub fn zero_at_equality(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let equal = Batch {
            teacher: batch.student.clone(),
            ..batch
        };
        let outcome = subject.run(&equal, &device, DType::F32);
        // What is left may be the rounding of terms that cancel, relative to logits of up to 8.
        for value in outcome.per_sample.iter().chain(&outcome.student_grad) {
            assert!(value.abs() <= 1e-6, "{value:e} is left where 0 should be");
        }
    });
}

/// No value is below 0, but for rounding.
pub fn never_negative(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        for value in subject.values(&batch, &device, DType::F32) {
            assert!(value >= -1e-6, "{value:e} is negative");
        }
    });
}
