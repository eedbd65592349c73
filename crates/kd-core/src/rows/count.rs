use burn::tensor::{Bool, Tensor};

/// How many entries of a mask are true, read back from the device.
///
/// What the rows of a step are divided by, whether they come at once or in pieces; see [`MaskedSum::share`](super::MaskedSum::share).
///
/// # Shapes
///
/// - mask: any
///
/// ```
/// use burn::tensor::{Bool, Tensor};
/// use kd_core::rows::count;
///
/// # let device = burn::tensor::Device::flex();
/// let mask = Tensor::<2, Bool>::from_bool([[true, false, true], [true, false, false]], &device);
/// assert_eq!(count(&mask), 3);
/// ```
pub fn count<const D: usize>(mask: &Tensor<D, Bool>) -> usize {
    mask.clone().without_autodiff().int().sum().into_scalar::<i64>() as usize
}
