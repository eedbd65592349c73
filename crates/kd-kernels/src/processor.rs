//! Which devices are a processor, on which some operations have kernels that others lack.

use burn::backend::DispatchDevice;

/// Whether Flex or NdArray computes there.
#[allow(
    unreachable_patterns,
    reason = "with few backends compiled in the last arm may be left without a case"
)]
pub(crate) fn is_processor(device: &DispatchDevice) -> bool {
    match device {
        #[cfg(feature = "ndarray")]
        DispatchDevice::NdArray(_) => true,
        #[cfg(feature = "autodiff")]
        DispatchDevice::Autodiff(inner) => is_processor(inner),
        _ => is_flex(device),
    }
}

/// Whether Flex computes there.
#[allow(
    unreachable_patterns,
    reason = "with few backends compiled in the last arm may be left without a case"
)]
pub(crate) fn is_flex(device: &DispatchDevice) -> bool {
    match device {
        #[cfg(feature = "flex")]
        DispatchDevice::Flex(_) => true,
        #[cfg(feature = "autodiff")]
        DispatchDevice::Autodiff(inner) => is_flex(inner),
        _ => false,
    }
}
