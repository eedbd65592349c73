//! What projectors start with.
//!
//! Weights are uniform around 0 with variance gain² / fan-in, biases 0. At gain 1 numbers come out as large as they went in
//! (Burn's own default leaves a third of their variance), so the loss begins with a comparison of features and not of scales.
//! Where a ReLU follows, which halves the mean square, the gain is √2 (He and others, 2015). Fan-in and not Xavier's mean of
//! fan-in and fan-out: student and teacher may differ in width by a factor of eight, and so would the variance.

use std::f64::consts::SQRT_2;

use burn::{
    nn::{
        Initializer, Linear, LinearConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::Device,
};

/// What is behind a layer.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Then {
    /// Nothing that changes how large the numbers are.
    Nothing,
    /// A ReLU.
    Relu,
}

impl Then {
    fn weights(self) -> Initializer {
        let gain = if self == Self::Relu { SQRT_2 } else { 1.0 };
        Initializer::KaimingUniform {
            gain,
            fan_out_only: false,
        }
    }
}

/// A linear map of the last axis.
pub(super) fn linear([from, to]: [usize; 2], then: Then, device: &Device) -> Linear {
    let config = LinearConfig::new(from, to).with_bias(false);
    let mut linear = config.with_initializer(then.weights()).init(device);
    linear.bias = Some(Initializer::Zeros.init([to], device));
    linear
}

/// A convolution that keeps height and width. Before a normalisation a bias would be taken off again.
pub(super) fn conv(channels: [usize; 2], kernel: usize, bias: bool, then: Then, device: &Device) -> Conv2d {
    let config = Conv2dConfig::new(channels, [kernel, kernel]).with_bias(false);
    let config = config.with_padding(PaddingConfig2d::Same);
    let mut conv = config.with_initializer(then.weights()).init(device);
    conv.bias = bias.then(|| Initializer::Zeros.init([channels[1]], device));
    conv
}
