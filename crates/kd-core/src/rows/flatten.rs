use burn::tensor::{Bool, Tensor};

/// All axes but the last as one: `[..., classes]` becomes `[rows, classes]`.
///
/// ```
/// use burn::tensor::Tensor;
///
/// # let device = burn::tensor::Device::flex();
/// let logits = Tensor::<3>::zeros([2, 5, 100], &device); // [batch, seq, vocab]
/// assert_eq!(kd_core::rows::flatten_rows(logits).dims(), [10, 100]);
/// ```
pub fn flatten_rows<const D: usize>(tensor: Tensor<D>) -> Tensor<2> {
    match D {
        1 => tensor.unsqueeze(),
        _ => tensor.flatten(0, D - 2),
    }
}

/// A mask over samples in the order of [`flatten_rows`]: `[batch, seq]` becomes `[rows]`.
pub fn flatten_mask<const D: usize>(mask: Tensor<D, Bool>) -> Tensor<1, Bool> {
    mask.flatten(0, D - 1)
}
