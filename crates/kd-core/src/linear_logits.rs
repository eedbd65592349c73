use burn::tensor::{Device, Tensor};

use crate::{OffGraph, ToDevice};

/// Logits as what they are made of, hidden states and output matrix: for losses that never need all of them at once.
///
/// The logits of a language model over a batch are often the largest tensor of a training step. A loss on `LinearLogits`
/// makes them some rows at a time in `forward` and `forward_masked`; `per_sample`, whose values anything might be done
/// with, has to make them all.
///
/// # Shapes
///
/// - hidden: `[rows, hidden]`; a language model's `[batch, seq, hidden]` goes through
///   [`rows::flatten_rows`](crate::rows::flatten_rows) first
/// - weight: `[hidden, vocab]`, as Burn's `Linear` holds it; one that is tied to an embedding, `[vocab, hidden]`, has to be
///   transposed
#[derive(Clone, Debug)]
pub struct LinearLogits {
    /// The states before the output layer, `[rows, hidden]`.
    pub hidden: Tensor<2>,
    /// The output layer's matrix, `[hidden, vocab]`.
    pub weight: Tensor<2>,
    /// Rows whose logits exist at the same time, if not as many as make 40 MiB in f32. The student's is what counts.
    pub rows_at_once: Option<usize>,
}

impl LinearLogits {
    /// Puts hidden states and weight together. Whether they fit is checked by the loss that takes them.
    pub fn new(hidden: Tensor<2>, weight: Tensor<2>) -> Self {
        Self {
            hidden,
            weight,
            rows_at_once: None,
        }
    }

    /// Makes the logits of so many rows at a time.
    pub fn with_rows_at_once(self, rows: usize) -> Self {
        Self {
            rows_at_once: Some(rows),
            ..self
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.hidden.dims()[0]
    }

    /// All the logits, `[rows, vocab]`.
    pub fn logits(self) -> Tensor<2> {
        self.hidden.matmul(self.weight)
    }
}

impl OffGraph for LinearLogits {
    fn off_graph(self) -> Self {
        Self {
            hidden: self.hidden.off_graph(),
            weight: self.weight.off_graph(),
            ..self
        }
    }
}

impl ToDevice for LinearLogits {
    fn home(&self) -> Option<Device> {
        self.hidden.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self {
            hidden: self.hidden.bring_to(device),
            weight: self.weight.bring_to(device),
            ..self
        }
    }
}
