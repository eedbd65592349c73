use burn::tensor::{Device, Int, Tensor};

use crate::{OffGraph, ToDevice};

/// A teacher's logits together with the true labels: the teacher side of a loss that uses both.
///
/// # Shapes
///
/// - logits: `[rows, classes]`
/// - labels: `[rows]`, each in `0..classes`
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The teacher's logits, `[rows, classes]`.
    pub logits: Tensor<2>,
    /// The true classes, `[rows]`.
    pub labels: Tensor<1, Int>,
}

impl Labelled {
    /// Puts logits and labels together. Whether they fit is checked by the loss that takes them.
    pub fn new(logits: Tensor<2>, labels: Tensor<1, Int>) -> Self {
        Self { logits, labels }
    }
}

impl OffGraph for Labelled {
    fn off_graph(self) -> Self {
        Self::new(self.logits.off_graph(), self.labels.off_graph())
    }
}

impl ToDevice for Labelled {
    fn home(&self) -> Option<Device> {
        self.logits.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self::new(self.logits.bring_to(device), self.labels.bring_to(device))
    }
}
