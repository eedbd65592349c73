use burn::tensor::{Device, Tensor};
use kd_core::{OffGraph, ToDevice};

/// What one layer's self-attention is made of.
///
/// # Shapes
///
/// - each: `[batch, heads, seq, head]`; queries, keys and values may have heads of their own number and width
#[derive(Clone, Debug)]
pub struct QueriesKeysValues {
    /// The queries of each head, `[batch, heads, seq, head]`.
    pub queries: Tensor<4>,
    /// The keys of each head, `[batch, heads, seq, head]`.
    pub keys: Tensor<4>,
    /// The values of each head, `[batch, heads, seq, head]`.
    pub values: Tensor<4>,
}

impl QueriesKeysValues {
    /// Puts them together. Whether they fit is checked by the loss that takes them.
    pub fn new(queries: Tensor<4>, keys: Tensor<4>, values: Tensor<4>) -> Self {
        Self { queries, keys, values }
    }
}

impl OffGraph for QueriesKeysValues {
    fn off_graph(self) -> Self {
        Self::new(self.queries.off_graph(), self.keys.off_graph(), self.values.off_graph())
    }
}

impl ToDevice for QueriesKeysValues {
    fn home(&self) -> Option<Device> {
        self.queries.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self::new(
            self.queries.bring_to(device),
            self.keys.bring_to(device),
            self.values.bring_to(device),
        )
    }
}
