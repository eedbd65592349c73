//! How samples stand to one another: the products of their features.

use burn::tensor::Tensor;
use kd_core::{check, rows};

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

/// The product of each row with each: `x · xᵀ` over the last two axes.
pub(crate) fn gram<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let constant = x.clone().without_autodiff();
    if !x.is_autodiff() {
        return constant.clone().matmul(constant.transpose());
    }
    // The right factor's gradient is the left one's transposed, so one product in the backward pass does for both. The
    // value is that of `product`, and the difference 0.
    let product = x.matmul(constant.transpose());
    let difference = product.clone().transpose() - product.clone().without_autodiff().transpose();
    product + difference
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

/// The rows of the last axis with length 1; a row of zeros stays what it is, with gradient 0.
///
/// Zero is what lies below the least normal f32 in all of its numbers.
pub(crate) fn unit_rows<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    // The result does not depend on the row's scale, so that is a constant; with it taken out no square over- or
    // underflows.
    let largest = x.clone().without_autodiff().abs().max_dim(D - 1);
    let zero = largest.clone().lower_elem(f32::MIN_POSITIVE);
    let x = x * largest
        .mask_fill(zero.clone(), 1.0)
        .recip()
        .mask_fill(zero.clone(), 0.0);
    let length = x.clone().square().sum_dim(D - 1).mask_fill(zero, 1.0).sqrt();
    x * length.recip()
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
    fn units_are_units_at_any_scale() {
        let device = Device::flex().autodiff();
        let x = Tensor::<2>::from_floats([[3e30, 4e30], [3e-30, -4e-30], [0.0, 0.0]], &device).require_grad();
        let units = unit_rows(x.clone());
        let gradients = units.clone().sum().backward();
        for (unit, expected) in numbers(units).iter().zip([0.6, 0.8, 0.6, -0.8, 0.0, 0.0]) {
            assert!((unit - expected).abs() < 1e-6);
        }
        assert!(numbers(x.grad(&gradients).unwrap()).iter().all(|g| g.is_finite()));
    }

    #[test]
    fn equal_rows_are_centred_to_exactly_0() {
        let rows = Tensor::<2>::from_floats([[0.1, 7e7]], &Device::flex()).repeat_dim(0, 3);
        assert_eq!(numbers(centred(rows)), [0.0; 6]);
    }
}
