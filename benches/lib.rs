//! Inputs that the benches share.

use burn::tensor::{Device, Distribution, Tensor};

/// Normal logits of standard deviation 3, `[rows, classes]`, on the device.
pub fn logits(shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::random(shape, Distribution::Normal(0.0, 3.0), device)
}
