use burn::tensor::Tensor;

/// The vectors along `axis` at length 1; a vector of zeros stays one, as if its length were 1.
///
/// A length does not change what is divided by it before, so the largest number is taken out as a constant: no square
/// overflows, and none of a vector that is not 0 vanishes.
pub(crate) fn unit<const D: usize>(vectors: Tensor<D>, axis: usize) -> Tensor<D> {
    let largest = vectors.clone().without_autodiff().abs().max_dim(axis);
    let zero = largest.clone().equal_elem(0.0);
    let vectors = vectors / largest.mask_fill(zero.clone(), 1.0);
    // The slope of a root at 0 is infinite: masked before it.
    let length = vectors.clone().square().sum_dim(axis).mask_fill(zero, 1.0).sqrt();
    vectors / length
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn lengths_are_one_whatever_the_size() {
        let device = Device::flex();
        let vectors = Tensor::<2>::from_floats([[3e30, -4e30], [3e-30, -4e-30], [0.0, 0.0]], &device);
        let numbers: Vec<f32> = unit(vectors, 1).into_data().try_to_vec().unwrap();
        for (number, expected) in numbers.iter().zip([0.6, -0.8, 0.6, -0.8, 0.0, 0.0]) {
            assert!((number - expected).abs() < 1e-6, "{numbers:?}");
        }
    }

    #[test]
    fn zeros_have_a_gradient_of_ordinary_size() {
        let vectors = Tensor::<2>::zeros([1, 2], &Device::flex().autodiff()).require_grad();
        let gradients = unit(vectors.clone(), 1).sum().backward();
        let gradient: Vec<f32> = vectors.grad(&gradients).unwrap().into_data().try_to_vec().unwrap();
        assert_eq!(gradient, [1.0, 1.0]);
    }
}
