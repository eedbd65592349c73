use std::f64::consts::FRAC_1_SQRT_2;

use burn::tensor::Tensor;

/// x · Φ(x), with the error function and not its likeness by tanh.
///
/// Burn's own has the same value, but on most backends the gradient of the likeness, which is off by up to 9e-4
/// (Burn 0.22.1). Composed, the gradient is that of the value.
pub(super) fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let phi = (x.clone() * FRAC_1_SQRT_2).erf() + 1.0;
    x * phi * 0.5
}
