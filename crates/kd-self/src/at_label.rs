use burn::tensor::{Bool, Int, Tensor};

/// True where a row's class is its label: `[rows, classes]`.
pub(crate) fn at_label(labels: Tensor<1, Int>, classes: usize) -> Tensor<2, Bool> {
    let numbers = Tensor::<1, Int>::arange(0..classes as i64, (&labels.device(), labels.dtype()));
    let shape = [labels.dims()[0], classes];
    let labels = labels.unsqueeze_dim::<2>(1).expand(shape);
    labels.equal(numbers.unsqueeze_dim::<2>(0).expand(shape))
}
