use burn::tensor::DType;

use crate::{Batch, Subject, device, for_each, whole_batches};

/// A NaN in a row of the student or the teacher makes that row's value NaN, and no other's.
///
/// Only a number that the loss does not look at may be one: a teacher's, where labels alone count, or the label's own logit,
/// where the other classes do. Catches hidden epsilons, clamps and masks that turn a network that has blown up into a loss
/// that looks fine.
pub fn nan_in_nan_out(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let run = |change: fn(&mut Batch, f64), by: f64| {
            let mut changed = batch.clone();
            change(&mut changed, by);
            subject.values(&changed, &device, DType::F32)
        };
        let of_student = |batch: &mut Batch, by: f64| batch.student[0] += by;
        let of_teacher = |batch: &mut Batch, by: f64| batch.teacher[0] += by;
        let changes: [fn(&mut Batch, f64); 2] = [of_student, of_teacher];
        for change in changes {
            let is_seen = run(change, 3.0) != run(change, 0.0);
            let values = run(change, f64::NAN);
            assert!(values[0].is_nan() || !is_seen, "NaN became {:e}", values[0]);
            assert!(values[1..].iter().all(|value| value.is_finite()), "{values:?}");
        }
    });
}
