use burn::tensor::{Bool, Device, Int, Tensor};
use kd_core::{OffGraph, ToDevice};

/// What a [`Bert`](super::Bert) reads.
///
/// # Shapes
///
/// All are `[batch, seq]`.
#[derive(Clone, Debug)]
pub struct BertInput {
    /// The tokens, counted from 0.
    pub ids: Tensor<2, Int>,
    /// Which tokens count; all, if not given. Losses call this mask `attended`.
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

impl ToDevice for BertInput {
    fn home(&self) -> Option<Device> {
        self.ids.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self {
            ids: self.ids.bring_to(device),
            mask: self.mask.bring_to(device),
            token_types: self.token_types.bring_to(device),
        }
    }
}
