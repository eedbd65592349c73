//! The residual blocks: two 3 × 3 convolutions beside a shortcut.

use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d};
use burn::prelude::*;
use burn::tensor::activation::relu;

/// Where a block stands: its channels in and out, and its stride.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Channels in.
    pub input: usize,
    /// Channels out.
    pub output: usize,
    /// 2 halves height and width.
    pub stride: usize,
}

/// A block of one of the two families.
#[allow(clippy::large_enum_variant, reason = "a network has a few dozen, all of one variant")]
#[derive(Module, Debug)]
pub enum Block {
    /// Of a ResNet.
    Plain(PlainBlock),
    /// Of a wide ResNet.
    Wide(WideBlock),
}

impl Block {
    /// `[batch, channels in, height, width]` to `[batch, channels out, height / stride, width / stride]`.
    pub fn forward(&self, signal: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Plain(block) => block.forward(signal),
            Self::Wide(block) => block.forward(signal),
        }
    }
}

/// Convolution, normalisation, ReLU, convolution, normalisation, sum, ReLU (He and others, 2016).
///
/// Where the shape changes the shortcut is a 1 × 1 convolution with normalisation (their option B), as in the code that
/// the published distillation results come from. Their own CIFAR networks pad with zeros there (option A), which takes
/// 1 % fewer parameters.
#[derive(Module, Debug)]
pub struct PlainBlock {
    first: Conv2d,
    first_norm: BatchNorm,
    second: Conv2d,
    second_norm: BatchNorm,
    shortcut: Option<(Conv2d, BatchNorm)>,
}

impl PlainBlock {
    /// A freshly drawn block.
    pub fn new(place: Place, device: &Device) -> Self {
        let Place { input, output, stride } = place;
        let changes = stride != 1 || input != output;
        Self {
            first: conv([input, output], 3, stride, device),
            first_norm: BatchNormConfig::new(output).init(device),
            second: conv([output, output], 3, 1, device),
            second_norm: BatchNormConfig::new(output).init(device),
            shortcut: changes.then(|| {
                let norm = BatchNormConfig::new(output).init(device);
                (conv([input, output], 1, stride, device), norm)
            }),
        }
    }

    fn forward(&self, signal: Tensor<4>) -> Tensor<4> {
        let inner = relu(self.first_norm.forward(self.first.forward(signal.clone())));
        let inner = self.second_norm.forward(self.second.forward(inner));
        let past = match &self.shortcut {
            Some((conv, norm)) => norm.forward(conv.forward(signal)),
            None => signal,
        };
        relu(inner + past)
    }
}

/// Normalisation and ReLU before each convolution, and nothing after the sum (Zagoruyko & Komodakis, 2016), without dropout.
///
/// Where the shape changes, the shortcut is a 1 × 1 convolution of the normalised signal.
#[derive(Module, Debug)]
pub struct WideBlock {
    first_norm: BatchNorm,
    first: Conv2d,
    second_norm: BatchNorm,
    second: Conv2d,
    shortcut: Option<Conv2d>,
}

impl WideBlock {
    /// A freshly drawn block.
    pub fn new(place: Place, device: &Device) -> Self {
        let Place { input, output, stride } = place;
        let changes = stride != 1 || input != output;
        Self {
            first_norm: BatchNormConfig::new(input).init(device),
            first: conv([input, output], 3, stride, device),
            second_norm: BatchNormConfig::new(output).init(device),
            second: conv([output, output], 3, 1, device),
            shortcut: changes.then(|| conv([input, output], 1, stride, device)),
        }
    }

    fn forward(&self, signal: Tensor<4>) -> Tensor<4> {
        let active = relu(self.first_norm.forward(signal.clone()));
        let past = match &self.shortcut {
            Some(conv) => conv.forward(active.clone()),
            None => signal,
        };
        let inner = relu(self.second_norm.forward(self.first.forward(active)));
        self.second.forward(inner) + past
    }
}

/// A convolution without bias, which the normalisation has, and with weights that keep the variance of what flows back.
pub fn conv(channels: [usize; 2], kernel: usize, stride: usize, device: &Device) -> Conv2d {
    let around = kernel / 2;
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(around, around, around, around))
        .with_bias(false)
        .with_initializer(Initializer::KaimingNormal {
            gain: std::f64::consts::SQRT_2,
            fan_out_only: true,
        })
        .init(device)
}
