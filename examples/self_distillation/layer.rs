//! What the network is built of: a convolution, normalised, with ReLU.

use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d};
use burn::prelude::*;
use burn::tensor::activation::relu;

/// The sizes of a [`Layer`].
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Channels in.
    pub input: usize,
    /// Channels out.
    pub output: usize,
    /// Rows and columns of the kernel, an odd number.
    pub kernel: usize,
    /// 2 halves height and width, upwards.
    pub stride: usize,
}

/// Convolution, batch normalisation, ReLU.
#[derive(Module, Debug)]
pub struct Layer {
    conv: Conv2d,
    norm: BatchNorm,
}

impl Place {
    /// A freshly drawn layer.
    pub fn init(self, device: &Device) -> Layer {
        let around = self.kernel / 2;
        let conv = Conv2dConfig::new([self.input, self.output], [self.kernel, self.kernel])
            .with_stride([self.stride, self.stride])
            .with_padding(PaddingConfig2d::Explicit(around, around, around, around))
            // The normalisation has one.
            .with_bias(false)
            .with_initializer(Initializer::KaimingNormal {
                gain: std::f64::consts::SQRT_2,
                fan_out_only: true,
            });
        Layer {
            conv: conv.init(device),
            norm: BatchNormConfig::new(self.output).init(device),
        }
    }

    /// Rows of what comes out of a map with `side` rows.
    pub fn side(self, side: usize) -> usize {
        side.div_ceil(self.stride)
    }

    /// Weights, and the two numbers that normalisation learns for each channel.
    pub fn parameters(self) -> usize {
        (self.kernel * self.kernel * self.input + 2) * self.output
    }

    /// Multiply-adds that a map with `side` rows costs; what normalises is left out.
    pub fn multiply_adds(self, side: usize) -> usize {
        self.kernel * self.kernel * self.input * self.output * self.side(side).pow(2)
    }
}

impl Layer {
    /// `[batch, channels in, side, side]` to `[batch, channels out, side / stride, side / stride]`.
    pub fn forward(&self, signal: Tensor<4>) -> Tensor<4> {
        relu(self.norm.forward(self.conv.forward(signal)))
    }
}
