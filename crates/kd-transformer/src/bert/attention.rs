use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear},
    tensor::{Bool, Device, Tensor, activation::softmax},
};

use super::{BertAttention, BertConfig, linear::linear};

/// Each token gathers from those that count: norm(x + W · softmax(Q · Kᵀ / √d) · V).
#[derive(Module, Debug)]
pub struct BertSelfAttention {
    /// Makes Q.
    pub query: Linear,
    /// Makes K.
    pub key: Linear,
    /// Makes V.
    pub value: Linear,
    /// W, which brings the heads together.
    pub output: Linear,
    /// What normalises the sum.
    pub norm: LayerNorm,
    heads: usize,
    attention_dropout: Dropout,
    dropout: Dropout,
}

impl BertSelfAttention {
    pub(super) fn new(config: &BertConfig, device: &Device) -> Self {
        let hidden = config.hidden_size;
        let layer = || linear(config, hidden, hidden, device);
        Self {
            query: layer(),
            key: layer(),
            value: layer(),
            output: layer(),
            norm: LayerNormConfig::new(hidden)
                .with_epsilon(config.layer_norm_eps)
                .init(device),
            heads: config.num_attention_heads,
            attention_dropout: DropoutConfig::new(config.attention_probs_dropout_prob).init(),
            dropout: DropoutConfig::new(config.hidden_dropout_prob).init(),
        }
    }

    /// The new states, and the attention that made them.
    pub(super) fn forward(&self, x: Tensor<3>, mask: Option<&Tensor<2, Bool>>) -> (Tensor<3>, BertAttention) {
        let [batch, seq, hidden] = x.dims();
        let of_heads = |layer: &Linear| -> Tensor<4> {
            let all = layer.forward(x.clone());
            all.reshape([batch, seq, self.heads, hidden / self.heads])
                .swap_dims(1, 2)
        };
        let [queries, keys, values] = [&self.query, &self.key, &self.value].map(of_heads);
        let root = ((hidden / self.heads) as f64).sqrt();
        let scores = queries.clone().matmul(keys.clone().transpose()) / root;
        let probs = softmax(masked(scores.clone(), mask), 3);

        let gathered = self.attention_dropout.forward(probs.clone()).matmul(values.clone());
        let gathered = gathered.swap_dims(1, 2).reshape([batch, seq, hidden]);
        let output = self.dropout.forward(self.output.forward(gathered));
        let attention = BertAttention {
            scores,
            probs,
            queries,
            keys,
            values,
        };
        (self.norm.forward(output + x), attention)
    }
}

/// The scores, with the lowest number there is at keys that do not count.
///
/// Its exponential is 0 beside any other key, so such a key adds nothing and gets no gradient. Minus infinity would be the same,
/// but where no key of a text counts it would make NaN of it.
fn masked(scores: Tensor<4>, mask: Option<&Tensor<2, Bool>>) -> Tensor<4> {
    let Some(mask) = mask else {
        return scores;
    };
    let [batch, seq] = mask.dims();
    let lowest = scores.dtype().finfo().expect("scores are floats").min;
    scores.mask_fill(mask.clone().bool_not().reshape([batch, 1, 1, seq]), lowest)
}
