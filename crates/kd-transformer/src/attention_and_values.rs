use burn::tensor::{Device, Tensor};
use kd_core::{OffGraph, ToDevice};

/// What one layer's self-attention shows: who looks at whom, and what there is to see.
///
/// # Shapes
///
/// - scores: `[batch, heads, seq, seq]`, *before* the softmax: query · key / √head and whatever the model adds for positions,
///   with or without the mask that is added for padding
/// - values: `[batch, heads, seq, head]`
#[derive(Clone, Debug)]
pub struct AttentionAndValues {
    /// The attention scores, `[batch, heads, seq, seq]`.
    pub scores: Tensor<4>,
    /// The values of each head, `[batch, heads, seq, head]`.
    pub values: Tensor<4>,
}

impl AttentionAndValues {
    /// Puts both together. Whether they fit is checked by the loss that takes them.
    pub fn new(scores: Tensor<4>, values: Tensor<4>) -> Self {
        Self { scores, values }
    }
}

impl OffGraph for AttentionAndValues {
    fn off_graph(self) -> Self {
        Self::new(self.scores.off_graph(), self.values.off_graph())
    }
}

impl ToDevice for AttentionAndValues {
    fn home(&self) -> Option<Device> {
        self.scores.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self::new(self.scores.bring_to(device), self.values.bring_to(device))
    }
}
