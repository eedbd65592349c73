use burn::tensor::{Bool, Int, Tensor};
use kd_core::OffGraph;

/// What a masked language model is asked: which tokens, and where.
///
/// Libraries mark the places nobody is asked about by a label of −100. A mask of its own says the same, and leaves no number that
/// means something else.
///
/// # Shapes
///
/// - tokens: `[batch, seq]`, the true ones; read only where `asked` is true
/// - asked: `[batch, seq]`
#[derive(Clone, Debug)]
pub struct MaskedTargets {
    /// The true token of each place, `[batch, seq]`; what stands where nobody asks does not matter.
    pub tokens: Tensor<2, Int>,
    /// The places whose token is to be told, `[batch, seq]`: true counts.
    pub asked: Tensor<2, Bool>,
}

impl MaskedTargets {
    /// Puts tokens and mask together. Whether they fit is checked by the loss that takes them.
    pub fn new(tokens: Tensor<2, Int>, asked: Tensor<2, Bool>) -> Self {
        Self { tokens, asked }
    }
}

impl OffGraph for MaskedTargets {
    fn off_graph(self) -> Self {
        Self::new(self.tokens.off_graph(), self.asked.off_graph())
    }
}
