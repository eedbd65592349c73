use burn::tensor::{Bool, Int, Tensor};
use kd_core::OffGraph;

/// What a [`Bert`](super::Bert) reads.
///
/// # Shapes
///
/// All are `[batch, seq]`.
#[derive(Clone, Debug)]
pub struct BertInput {
    /// The tokens, counted from 0.
    pub ids: Tensor<2, Int>,
    /// Which tokens count; all, if not given.
    pub mask: Option<Tensor<2, Bool>>,
    /// Which part of the text each token is of; the first, if not given.
    pub token_types: Option<Tensor<2, Int>>,
}

impl BertInput {
    /// Texts of which every token counts.
    pub fn new(ids: Tensor<2, Int>) -> Self {
        Self {
            ids,
            mask: None,
            token_types: None,
        }
    }

    /// Says which tokens count: true where one does.
    pub fn with_mask(self, mask: Tensor<2, Bool>) -> Self {
        Self {
            mask: Some(mask),
            ..self
        }
    }

    /// Says which part of the text each token is of.
    pub fn with_token_types(self, token_types: Tensor<2, Int>) -> Self {
        Self {
            token_types: Some(token_types),
            ..self
        }
    }
}

impl OffGraph for BertInput {
    fn off_graph(self) -> Self {
        Self {
            ids: self.ids.off_graph(),
            mask: self.mask.off_graph(),
            token_types: self.token_types.off_graph(),
        }
    }
}
