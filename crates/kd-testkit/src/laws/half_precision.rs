use burn::tensor::{DType, Device, FloatDType};

use crate::{Subject, assert_close, device, for_each, resolution, whole_batches, within};

/// Logits that half precision holds exactly give the f32 value, and the f32 gradient rounded to their own type.
///
/// Catches sums in half precision, which made a divergence negative elsewhere. Does nothing where the device has
/// neither type.
pub fn half_precision_is_widened(subject: &Subject) {
    let device = device();
    for (dtype, name) in [(DType::F16, FloatDType::F16), (DType::BF16, FloatDType::BF16)] {
        if !device.supports_dtype(name) {
            assert!(device != Device::flex(), "Flex has both types");
            continue;
        }
        for_each(whole_batches(), |batch| {
            let single = subject.run(&batch, &device, DType::F32);
            let half = subject.run(&batch, &device, dtype);
            assert_close("values", &half.per_sample, &single.per_sample, within(1e-6));
            let rounded = within(resolution(dtype)).of_at_least(1.0 / batch.rows() as f64);
            assert_close("gradient", &half.student_grad, &single.student_grad, rounded);
        });
    }
}
