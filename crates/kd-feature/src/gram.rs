//! How samples stand to one another: the products of their features.

use burn::tensor::Tensor;
use kd_core::{check, rows};
pub(crate) use kd_kernels::gram;

/// Student and teacher with all of a sample's numbers in a row, in the same type, and the teacher off the graph.
#[track_caller]
pub(crate) fn sides<const S: usize, const T: usize>(
    loss: &str,
    student: Tensor<S>,
    teacher: Tensor<T>,
) -> (Tensor<2>, Tensor<2>) {
    check::relations(loss, &student, &teacher);
    let student = rows::widen(student.flatten::<2>(1, S - 1));
    let teacher = teacher.without_autodiff().flatten::<2>(1, T - 1).cast(student.dtype());
    (student, teacher)
}

/// The diagonal of a square matrix as a column.
pub(crate) fn diagonal(matrix: Tensor<2>) -> Tensor<2> {
    let [rows, _] = matrix.dims();
    let elsewhere = Tensor::diag_mask([rows, rows], 0, &matrix.device());
    matrix.mask_fill(elsewhere, 0.0).sum_dim(1)
}

/// The rows moved so that their mean is 0: exactly 0 each, if they are all the same.
pub(crate) fn centred(x: Tensor<2>) -> Tensor<2> {
    // Nothing that is made of centred rows depends on where they were, so that is a constant; equal rows become 0 here,
    // whatever their mean would be rounded to.
    let first = x.clone().without_autodiff().narrow(0, 0, 1);
    let x = x - first;
    x.clone() - x.mean_dim(0)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution};

    use super::*;

    fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn the_gradient_of_a_gram_matrix_is_that_of_a_product() {
        let device = Device::flex().autodiff();
        let x = Tensor::<2>::random([3, 4], Distribution::Default, &device).require_grad();
        let weights = Tensor::<2>::random([3, 3], Distribution::Default, &device);
        let gradient = |products: Tensor<2>| {
            let gradients = (products * weights.clone()).sum().backward();
            numbers(x.grad(&gradients).unwrap())
        };
        let plain = gradient(x.clone().matmul(x.clone().transpose()));
        for (ours, plain) in gradient(gram(x.clone())).iter().zip(plain) {
            assert!((ours - plain).abs() < 1e-6, "{ours} {plain}");
        }
        assert_eq!(numbers(gram(x.clone())), numbers(gram(x.without_autodiff())));
    }

    #[test]
    fn equal_rows_are_centred_to_exactly_0() {
        let rows = Tensor::<2>::from_floats([[0.1, 7e7]], &Device::flex()).repeat_dim(0, 3);
        assert_eq!(numbers(centred(rows)), [0.0; 6]);
    }
}
