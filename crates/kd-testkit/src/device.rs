use burn::tensor::{DType, Device, FloatDType, Tensor, TensorData};

use crate::read;

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
        _ => panic!(
            "KD_TEST_BACKEND={name} is not to be had: use flex, or ndarray, wgpu or cuda with the cargo feature of the \
             same name, as in `--features wgpu`"
        ),
    }
}

/// Whether the device computes in this type.
///
/// For f64 it is asked to compute, since wgpu on a software driver says it does and then returns noise (Burn 0.22.1).
pub fn computes_in(device: &Device, dtype: DType) -> bool {
    let supported = device.supports_dtype(FloatDType::from(dtype));
    if !supported || dtype != DType::F64 {
        return supported;
    }
    let two = Tensor::<1>::from_data(TensorData::from([2.0f64]), (device, DType::F64));
    (read(two.exp().log())[0] - 2.0).abs() < 1e-12
}

/// How many units in the last place the device's exponential is off in f32, at least 1.
///
/// WGSL, for one, allows several: whatever is composed of a device's own functions is no more exact than they are.
pub fn units_off(device: &Device) -> f64 {
    let inputs: Vec<f32> = (-80..=80).map(|n| n as f32 / 8.0).collect();
    let exact = inputs.iter().map(|&x| f64::from(x).exp());
    let outputs = read(Tensor::<1>::from_data(TensorData::from(inputs.as_slice()), (device, DType::F32)).exp());
    let off = outputs
        .iter()
        .zip(exact)
        .map(|(output, exact)| (output / exact - 1.0).abs());
    off.fold(f64::from(f32::EPSILON), f64::max) / f64::from(f32::EPSILON)
}
