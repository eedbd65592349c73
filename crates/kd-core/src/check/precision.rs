//! What a training in mixed precision must be given.

use burn::tensor::{Device, FloatDType};

/// Each of these devices must compute in the type, not merely hold it.
///
/// # Panics
///
/// If one does not.
#[track_caller]
pub fn computes_in(owner: &str, devices: &[Device], dtype: FloatDType) {
    if let Some(device) = devices.iter().find(|device| !device.supports_dtype(dtype)) {
        panic!(
            "{owner}: {device:?} does not compute in {dtype:?}; ask `device.supports_dtype` before, and stay in F32 \
             where it says no"
        );
    }
}

/// A scale of a loss must be a power of two, so that nothing is rounded, and a number of f32, as its inverse must be.
///
/// # Panics
///
/// If it is not.
#[track_caller]
pub fn loss_scale(owner: &str, scale: f64) {
    const FRACTION: u64 = (1 << 52) - 1;
    let is_power = scale > 0.0 && scale.is_normal() && scale.to_bits() & FRACTION == 0;
    let fits = (scale as f32).is_normal() && (scale.recip() as f32).is_normal();
    assert!(
        is_power && fits,
        "{owner}: the loss scale is {scale}, but must be a power of two from 2^-126 to 2^126, such as 1024; others would \
         round the gradients"
    );
}

/// A module that learns in half precision has no running statistics: a copy shares them with the original, which must
/// keep them in full precision.
///
/// # Panics
///
/// Always; `container` is the type that has them.
#[track_caller]
pub fn no_running_statistics(owner: &str, container: &str) -> ! {
    panic!(
        "{owner}: the module has a {container}, whose running statistics a working copy would share and round; train it in \
         F32, or normalise by layer or group"
    )
}
