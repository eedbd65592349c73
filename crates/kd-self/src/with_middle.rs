use burn::tensor::Tensor;

/// A network's logits together with the features of a layer in its middle: the student side of a loss that ranks classes by
/// both.
///
/// # Shapes
///
/// - logits: `[batch, classes]`
/// - middle: `[batch, channels]`; a map is pooled to its mean over places first
#[derive(Clone, Debug)]
pub struct WithMiddle {
    /// What the network answers, `[batch, classes]`.
    pub logits: Tensor<2>,
    /// What it has in the middle, `[batch, channels]`.
    pub middle: Tensor<2>,
}

impl WithMiddle {
    /// Puts both together. Whether they fit is checked by the loss that takes them.
    pub fn new(logits: Tensor<2>, middle: Tensor<2>) -> Self {
        Self { logits, middle }
    }
}
