use burn::tensor::{Device, Tensor};
use kd_core::{OffGraph, ToDevice};

/// What an encoder shows of a batch: all its layers, and its answers.
///
/// # Shapes
///
/// - hidden: each `[batch, seq, hidden]`; the embeddings first, then what each layer puts out
/// - scores: each `[batch, heads, seq, seq]`; what each layer's tokens make of one another *before* the softmax, query · key /
///   √head, with or without the mask that is added for padding
/// - logits: `[batch, classes]`
#[derive(Clone, Debug, Default)]
pub struct EncoderLayers {
    /// The embeddings and each layer's output, `[batch, seq, hidden]`.
    pub hidden: Vec<Tensor<3>>,
    /// Each layer's attention scores, `[batch, heads, seq, seq]`; none where nobody looks at them.
    pub scores: Vec<Tensor<4>>,
    /// The answers, `[batch, classes]`, where there are any.
    pub logits: Option<Tensor<2>>,
}

impl EncoderLayers {
    /// Puts embeddings and layers together. Whether they fit is checked by the loss that takes them.
    pub fn new(hidden: Vec<Tensor<3>>, scores: Vec<Tensor<4>>) -> Self {
        Self {
            hidden,
            scores,
            logits: None,
        }
    }

    /// The same with answers.
    pub fn with_logits(self, logits: Tensor<2>) -> Self {
        Self {
            logits: Some(logits),
            ..self
        }
    }
}

impl OffGraph for EncoderLayers {
    fn off_graph(self) -> Self {
        Self {
            hidden: self.hidden.off_graph(),
            scores: self.scores.off_graph(),
            logits: self.logits.off_graph(),
        }
    }
}

impl ToDevice for EncoderLayers {
    fn home(&self) -> Option<Device> {
        let scores = || self.scores.home();
        self.hidden.home().or_else(scores).or_else(|| self.logits.home())
    }

    fn bring_to(self, device: &Device) -> Self {
        Self {
            hidden: self.hidden.bring_to(device),
            scores: self.scores.bring_to(device),
            logits: self.logits.bring_to(device),
        }
    }
}
