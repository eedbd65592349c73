use burn::tensor::{Device, Tensor};
use kd_core::{Features, OffGraph, ToDevice};

/// What a [`Bert`](super::Bert) says, and what it thought on the way.
///
/// What stands at padded places is finite and means nothing; a loss masks it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BertOutput {
    /// The hidden states, `[batch, seq, hidden]` each: the embeddings', then each layer's.
    pub hidden_states: Vec<Tensor<3>>,
    /// Each layer's attention, if it was asked for; otherwise none.
    pub attentions: Vec<BertAttention>,
    /// What the pooler makes of the first token, `[batch, hidden]`, if there is a pooler.
    pub pooled: Option<Tensor<2>>,
    /// Logits of the tokens, `[batch, seq, vocab]`, if the head is [`MaskedLanguage`](super::BertHead::MaskedLanguage).
    pub token_logits: Option<Tensor<3>>,
    /// Logits of the classes, `[batch, classes]`, if the head is [`Classes`](super::BertHead::Classes).
    pub class_logits: Option<Tensor<2>>,
}

impl BertOutput {
    /// The last layer's hidden states, `[batch, seq, hidden]`.
    pub fn last_hidden_state(&self) -> Tensor<3> {
        let last = self.hidden_states.last();
        last.expect("the embeddings' states are always there").clone()
    }

    /// The hidden states by name, for what holds layers side by side: `embeddings`, then `layer1` and on.
    pub fn features(&self) -> Features {
        let states = self.hidden_states.iter().cloned().enumerate();
        states.fold(Features::new(), |features, (layer, states)| match layer {
            0 => features.with("embeddings", states),
            _ => features.with(format!("layer{layer}"), states),
        })
    }
}

/// One layer's attention.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BertAttention {
    /// Q · Kᵀ / √d, before the mask: `[batch, heads, seq, seq]`, queries before keys.
    pub scores: Tensor<4>,
    /// Their softmax over the keys that count, before dropout: `[batch, heads, seq, seq]`. It is exactly 0 at keys that do not
    /// count, unless none of a text's does; then it is the same for all.
    pub probs: Tensor<4>,
    /// Q, `[batch, heads, seq, hidden / heads]`.
    pub queries: Tensor<4>,
    /// K, in the same shape.
    pub keys: Tensor<4>,
    /// V, in the same shape.
    pub values: Tensor<4>,
}

impl OffGraph for BertOutput {
    fn off_graph(self) -> Self {
        Self {
            hidden_states: self.hidden_states.off_graph(),
            attentions: self.attentions.off_graph(),
            pooled: self.pooled.off_graph(),
            token_logits: self.token_logits.off_graph(),
            class_logits: self.class_logits.off_graph(),
        }
    }
}

impl ToDevice for BertOutput {
    fn home(&self) -> Option<Device> {
        self.hidden_states.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self {
            hidden_states: self.hidden_states.bring_to(device),
            attentions: self.attentions.bring_to(device),
            pooled: self.pooled.bring_to(device),
            token_logits: self.token_logits.bring_to(device),
            class_logits: self.class_logits.bring_to(device),
        }
    }
}

impl OffGraph for BertAttention {
    fn off_graph(self) -> Self {
        Self {
            scores: self.scores.off_graph(),
            probs: self.probs.off_graph(),
            queries: self.queries.off_graph(),
            keys: self.keys.off_graph(),
            values: self.values.off_graph(),
        }
    }
}

impl ToDevice for BertAttention {
    fn home(&self) -> Option<Device> {
        self.scores.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self {
            scores: self.scores.bring_to(device),
            probs: self.probs.bring_to(device),
            queries: self.queries.bring_to(device),
            keys: self.keys.bring_to(device),
            values: self.values.bring_to(device),
        }
    }
}
