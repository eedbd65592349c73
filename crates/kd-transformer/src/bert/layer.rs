use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear},
    tensor::{Bool, Device, Tensor},
};

use super::{BertAttention, BertConfig, BertSelfAttention, activation::gelu, linear::linear};

/// Attention, then the feed-forward part.
#[derive(Module, Debug)]
pub struct BertLayer {
    /// What looks at other tokens.
    pub attention: BertSelfAttention,
    /// What looks at each token alone.
    pub feed_forward: BertFeedForward,
}

impl BertLayer {
    pub(super) fn new(config: &BertConfig, device: &Device) -> Self {
        Self {
            attention: BertSelfAttention::new(config, device),
            feed_forward: BertFeedForward::new(config, device),
        }
    }

    /// The new states, and the attention that made them.
    pub(super) fn forward(&self, x: Tensor<3>, mask: Option<&Tensor<2, Bool>>) -> (Tensor<3>, BertAttention) {
        let (x, attention) = self.attention.forward(x, mask);
        (self.feed_forward.forward(x), attention)
    }
}

/// norm(x + outer(GELU(inner(x)))), with the exact GELU.
#[derive(Module, Debug)]
pub struct BertFeedForward {
    /// To the inner width.
    pub inner: Linear,
    /// And back.
    pub outer: Linear,
    /// What normalises the sum.
    pub norm: LayerNorm,
    dropout: Dropout,
}

impl BertFeedForward {
    fn new(config: &BertConfig, device: &Device) -> Self {
        Self {
            inner: linear(config, config.hidden_size, config.intermediate_size, device),
            outer: linear(config, config.intermediate_size, config.hidden_size, device),
            norm: LayerNormConfig::new(config.hidden_size)
                .with_epsilon(config.layer_norm_eps)
                .init(device),
            dropout: DropoutConfig::new(config.hidden_dropout_prob).init(),
        }
    }

    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let output = self.outer.forward(gelu(self.inner.forward(x.clone())));
        self.norm.forward(self.dropout.forward(output) + x)
    }
}
