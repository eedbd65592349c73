use burn::tensor::{Bool, Device, Tensor};
use kd_core::{OffGraph, ToDevice};

/// What a teacher shows of a batch of sequences, and which of their tokens count.
///
/// # Shapes
///
/// - attended: `[batch, seq]`, true for a token and false for padding: the attention mask that both models ran with
#[derive(Clone, Debug)]
pub struct Attended<T> {
    /// What the teacher shows.
    pub shown: T,
    /// The tokens that are no padding, `[batch, seq]`: true counts.
    pub attended: Tensor<2, Bool>,
}

impl<T> Attended<T> {
    /// Puts both together. Whether they fit is checked by the loss that takes them.
    pub fn new(shown: T, attended: Tensor<2, Bool>) -> Self {
        Self { shown, attended }
    }
}

impl<T: OffGraph> OffGraph for Attended<T> {
    fn off_graph(self) -> Self {
        Self::new(self.shown.off_graph(), self.attended.off_graph())
    }
}

impl<T: ToDevice> ToDevice for Attended<T> {
    fn home(&self) -> Option<Device> {
        self.shown.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self::new(self.shown.bring_to(device), self.attended.bring_to(device))
    }
}
