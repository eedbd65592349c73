//! What a BERT says and thinks, as the losses compare it.

use super::{BertAttention, BertOutput};
use crate::{AttentionAndValues, EncoderLayers, MaskedLanguage, QueriesKeysValues};

impl BertOutput {
    /// What tokens are taken for, and the last hidden states, as [`DistilBertLoss`](crate::DistilBertLoss) compares them; `None` if
    /// the network has no head for tokens.
    ///
    /// # Shapes
    ///
    /// - logits: `[batch, seq, vocab]`
    /// - hidden: `[batch, seq, hidden]`
    pub fn masked_language(&self) -> Option<MaskedLanguage> {
        let logits = self.token_logits.clone()?;
        Some(MaskedLanguage::new(logits, self.last_hidden_state()))
    }

    /// All layers, and the logits of classes if there are any, as [`TinyBertLoss`](crate::TinyBertLoss) compares them. Scores are
    /// there if attention was asked for: by [`forward_with_attentions`](super::Bert::forward_with_attentions).
    ///
    /// # Shapes
    ///
    /// - hidden: each `[batch, seq, hidden]`, the embeddings' before those of the layers
    /// - scores: each `[batch, heads, seq, seq]`
    /// - logits: `[batch, classes]`
    pub fn encoder_layers(&self) -> EncoderLayers {
        let scores = self.attentions.iter().map(|attention| attention.scores.clone());
        EncoderLayers {
            hidden: self.hidden_states.clone(),
            scores: scores.collect(),
            logits: self.class_logits.clone(),
        }
    }
}

/// What [`MiniLmLoss`](crate::MiniLmLoss) compares of a layer.
impl From<&BertAttention> for AttentionAndValues {
    fn from(attention: &BertAttention) -> Self {
        Self::new(attention.scores.clone(), attention.values.clone())
    }
}

/// What [`MiniLmV2Loss`](crate::MiniLmV2Loss) compares of a layer.
impl From<&BertAttention> for QueriesKeysValues {
    fn from(attention: &BertAttention) -> Self {
        Self::new(
            attention.queries.clone(),
            attention.keys.clone(),
            attention.values.clone(),
        )
    }
}
