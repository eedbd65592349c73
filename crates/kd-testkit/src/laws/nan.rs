use burn::tensor::DType;

use crate::{Batch, Subject, device, for_each, whole_batches};

/// A NaN in a row of the student or the teacher makes that row's value NaN, and no other's.
///
/// Only a loss that looks at no teacher at all (labels alone) may overlook the teacher's. Catches hidden epsilons, clamps
/// and masks that turn a network that has blown up into a loss that looks fine.
pub fn nan_in_nan_out(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let run = |batch: &Batch| subject.run(batch, &device, DType::F32).per_sample;
        let (mut student, mut teacher, mut other_teacher) = (batch.clone(), batch.clone(), batch.clone());
        student.student[0] = f64::NAN;
        teacher.teacher[0] = f64::NAN;
        other_teacher.teacher[0] += 3.0;
        let looks_at_teacher = run(&other_teacher) != run(&batch);

        for (poisoned, is_seen) in [(student, true), (teacher, looks_at_teacher)] {
            let values = run(&poisoned);
            assert!(values[0].is_nan() || !is_seen, "NaN became {:e}", values[0]);
            assert!(values[1..].iter().all(|value| value.is_finite()), "{values:?}");
        }
    });
}
