use burn::tensor::{DType, Device};
use proptest::prelude::Strategy;

use super::{gradient, value};
use crate::{Batch, Subject, assert_close, device, for_each, strategy::for_each_on_any_backend, whole_batches, within};

/// The gradient is the slope of the value: autodiff against central differences, both in f64.
///
/// On Flex, since f64 is not to be had everywhere, and only where Flex is under test, for elsewhere it would be the same once more;
/// [`backends_agree`] closes the gap.
pub fn finite_differences(subject: &Subject) {
    finite_differences_where(subject, |_| true);
}

/// [`finite_differences`] on the batches that are `smooth`, for a loss that jumps or has a kink at others.
pub fn finite_differences_where(subject: &Subject, smooth: impl Fn(&Batch) -> bool) {
    if device() != Device::flex() {
        return;
    }
    let device = Device::flex();
    for_each(whole_batches().prop_filter("not smooth", smooth), |batch| {
        let autodiff = subject.run(&batch, &device, DType::F64).student_grad;
        let numbers = batch.student.len();
        // A batch has up to 799 numbers; a few of them, spread out, tell as much.
        let probed: Vec<usize> = (0..numbers).step_by(numbers.div_ceil(8)).collect();
        let slopes: Vec<f64> = probed.iter().map(|&at| slope(subject, &batch, at, &device)).collect();
        let gradients: Vec<f64> = probed.iter().map(|&at| autodiff[at]).collect();
        // Central differences in f64 keep about nine digits of a value of order 100.
        assert_close("gradient", &gradients, &slopes, within(1e-6).of_at_least(1e-2));
    });
}

fn slope(subject: &Subject, batch: &Batch, at: usize, device: &Device) -> f64 {
    const STEP: f64 = 1e-5;
    let mean = |by: f64| {
        let mut moved = batch.clone();
        moved.student[at] += by;
        let values = subject.values(&moved, device, DType::F64);
        values.iter().sum::<f64>() / values.len() as f64
    };
    (mean(STEP) - mean(-STEP)) / (2.0 * STEP)
}

/// The backend under test gives in f32 what Flex gives in f64.
pub fn backends_agree(subject: &Subject) {
    let device = device();
    for_each_on_any_backend(whole_batches(), |batch| {
        let truth = subject.run(&batch, &Device::flex(), DType::F64);
        let outcome = subject.run(&batch, &device, DType::F32);
        assert_close("values", &outcome.per_sample, &truth.per_sample, value());
        assert_close(
            "gradient",
            &outcome.student_grad,
            &truth.student_grad,
            gradient(batch.rows()),
        );
    });
}
