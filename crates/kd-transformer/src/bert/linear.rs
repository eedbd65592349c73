use burn::{
    nn::{Initializer, Linear},
    tensor::Device,
};

use super::BertConfig;

/// A new layer as Hugging Face draws it, which Burn's own configuration cannot say: its biases are drawn like its weights.
pub(super) fn linear(config: &BertConfig, from: usize, to: usize, device: &Device) -> Linear {
    Linear {
        weight: normal(config).init([from, to], device),
        bias: Some(Initializer::Zeros.init([to], device)),
    }
}

/// How new weights are drawn.
pub(super) fn normal(config: &BertConfig) -> Initializer {
    Initializer::Normal {
        mean: 0.0,
        std: config.initializer_range,
    }
}
