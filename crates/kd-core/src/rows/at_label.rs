use burn::tensor::{Bool, Int, Tensor};

/// True where a row's class is its label.
///
/// # Shapes
///
/// - labels: `[rows]`
/// - output: `[rows, classes]`
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::rows::at_label;
///
/// # let device = burn::tensor::Device::flex();
/// let labels = Tensor::from_ints([2, 0], &device);
/// let at_label: Vec<bool> = at_label(labels, 3).into_data().iter::<bool>().collect();
/// assert_eq!(at_label, [false, false, true, true, false, false]);
/// ```
pub fn at_label(labels: Tensor<1, Int>, classes: usize) -> Tensor<2, Bool> {
    let numbers = Tensor::<1, Int>::arange(0..classes as i64, (&labels.device(), labels.dtype()));
    let rows = labels.dims()[0];
    let labels = labels.unsqueeze_dim::<2>(1).expand([rows, classes]);
    labels.equal(numbers.unsqueeze_dim::<2>(0).expand([rows, classes]))
}
