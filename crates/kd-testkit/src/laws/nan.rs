use burn::tensor::DType;

use crate::{Subject, device, for_each, whole_batches};

/// A NaN in a row of the student or the teacher makes that row's value NaN, and no other's.
///
/// Catches hidden epsilons, clamps and masks that turn a network that has blown up into a loss that looks fine.
pub fn nan_in_nan_out(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let (mut student, mut teacher) = (batch.clone(), batch.clone());
        student.student[0] = f64::NAN;
        teacher.teacher[0] = f64::NAN;
        for poisoned in [student, teacher] {
            let values = subject.run(&poisoned, &device, DType::F32).per_sample;
            assert!(values[0].is_nan(), "NaN became {:e}", values[0]);
            assert!(values[1..].iter().all(|value| value.is_finite()), "{values:?}");
        }
    });
}
