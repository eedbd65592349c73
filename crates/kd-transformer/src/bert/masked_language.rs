use burn::{
    module::{Module, Param},
    nn::{Initializer, LayerNorm, LayerNormConfig, Linear},
    tensor::{Device, Tensor, module},
};

use super::{BertConfig, activation::gelu, linear::linear};

/// Which token stands in each place: E · norm(GELU(W · h)) + b, where E is the table of the tokens' embeddings itself.
#[derive(Module, Debug)]
pub struct BertMaskedLanguage {
    /// W.
    pub transform: Linear,
    /// What normalises its output.
    pub norm: LayerNorm,
    /// b, `[vocab]`.
    pub bias: Param<Tensor<1>>,
}

impl BertMaskedLanguage {
    pub(super) fn new(config: &BertConfig, device: &Device) -> Self {
        Self {
            transform: linear(config, config.hidden_size, config.hidden_size, device),
            norm: LayerNormConfig::new(config.hidden_size)
                .with_epsilon(config.layer_norm_eps)
                .init(device),
            bias: Initializer::Zeros.init([config.vocab_size], device),
        }
    }

    /// Logits, `[batch, seq, vocab]`; `words` is E, `[vocab, hidden]`.
    pub(super) fn forward(&self, states: Tensor<3>, words: Tensor<2>) -> Tensor<3> {
        let states = self.norm.forward(gelu(self.transform.forward(states)));
        module::linear(states, words.transpose(), Some(self.bias.val()))
    }
}
