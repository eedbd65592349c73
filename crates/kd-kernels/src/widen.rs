use burn::tensor::{DType, FloatDType, Tensor};

/// f16 and bf16 as f32; f32 and f64 as they are.
pub(crate) fn widen<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    match tensor.dtype() {
        DType::F16 | DType::BF16 => tensor.cast(FloatDType::F32),
        _ => tensor,
    }
}
