use burn::tensor::Device;

/// The device that tests run on: `KD_TEST_BACKEND` is `flex` (the default), `ndarray`, `wgpu` or `cuda`.
///
/// # Panics
///
/// If the backend is unknown, or was not compiled in; the message says what to do.
pub fn device() -> Device {
    let name = std::env::var("KD_TEST_BACKEND").unwrap_or_else(|_| "flex".into());
    match name.as_str() {
        "flex" => Device::flex(),
        #[cfg(feature = "ndarray")]
        #[allow(deprecated, reason = "deprecated upstream, still supported here")]
        "ndarray" => Device::ndarray(),
        #[cfg(feature = "wgpu")]
        "wgpu" => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
        #[cfg(feature = "cuda")]
        "cuda" => Device::cuda(0),
        "ndarray" | "wgpu" | "cuda" => {
            panic!("KD_TEST_BACKEND={name} is not compiled in; add `--features {name}`")
        }
        _ => panic!("KD_TEST_BACKEND={name} is unknown; use flex, ndarray, wgpu or cuda"),
    }
}
