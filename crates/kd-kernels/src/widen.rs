use burn::tensor::{DType, FloatDType, Tensor};

/// f16 and bf16 as f32; f32 and f64 as they are.
pub(crate) fn widen(tensor: Tensor<2>) -> Tensor<2> {
    match tensor.dtype() {
        DType::F16 | DType::BF16 => tensor.cast(FloatDType::F32),
        _ => tensor,
    }
}
