use burn::tensor::{Bool, Device, Tensor};
use kd_core::{OffGraph, ToDevice};

use crate::MaskedTargets;

/// What a masked language model shows of a batch.
///
/// # Shapes
///
/// - logits: `[batch, seq, vocab]`
/// - hidden: `[batch, seq, hidden]`
#[derive(Clone, Debug)]
pub struct MaskedLanguage {
    /// What it takes each token for, `[batch, seq, vocab]`.
    pub logits: Tensor<3>,
    /// The last hidden states, `[batch, seq, hidden]`.
    pub hidden: Tensor<3>,
}

impl MaskedLanguage {
    /// Puts both together. Whether they fit is checked by the loss that takes them.
    pub fn new(logits: Tensor<3>, hidden: Tensor<3>) -> Self {
        Self { logits, hidden }
    }
}

impl OffGraph for MaskedLanguage {
    fn off_graph(self) -> Self {
        Self::new(self.logits.off_graph(), self.hidden.off_graph())
    }
}

impl ToDevice for MaskedLanguage {
    fn home(&self) -> Option<Device> {
        self.logits.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self::new(self.logits.bring_to(device), self.hidden.bring_to(device))
    }
}

/// What a teacher shows of a batch, what the batch asks, and which of its tokens count.
#[derive(Clone, Debug)]
pub struct MaskedLesson {
    /// What the teacher shows.
    pub shown: MaskedLanguage,
    /// The tokens that are asked for, and where. What is asked of padding does not count.
    pub targets: MaskedTargets,
    /// The tokens that are no padding, `[batch, seq]`: true counts.
    pub attended: Tensor<2, Bool>,
}

impl MaskedLesson {
    /// Puts them together. Whether they fit is checked by the loss that takes them.
    pub fn new(shown: MaskedLanguage, targets: MaskedTargets, attended: Tensor<2, Bool>) -> Self {
        Self {
            shown,
            targets,
            attended,
        }
    }
}

impl OffGraph for MaskedLesson {
    fn off_graph(self) -> Self {
        Self::new(
            self.shown.off_graph(),
            self.targets.off_graph(),
            self.attended.off_graph(),
        )
    }
}
