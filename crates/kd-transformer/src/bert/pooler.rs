use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor},
};

use super::{BertConfig, linear::linear};

/// tanh(W · h + b) of the first token's last hidden state.
#[derive(Module, Debug)]
pub struct BertPooler {
    /// W and b.
    pub dense: Linear,
}

impl BertPooler {
    pub(super) fn new(config: &BertConfig, device: &Device) -> Self {
        Self {
            dense: linear(config, config.hidden_size, config.hidden_size, device),
        }
    }

    /// `[batch, hidden]` of `[batch, seq, hidden]`.
    pub(super) fn forward(&self, states: Tensor<3>) -> Tensor<2> {
        let [batch, _, hidden] = states.dims();
        let first = states.slice([0..batch, 0..1]).reshape([batch, hidden]);
        self.dense.forward(first).tanh()
    }
}
