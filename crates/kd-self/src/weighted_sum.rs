use burn::tensor::Tensor;
use kd_core::rows;

/// Σ weight · value, of values that are made when they are needed.
///
/// A value of weight 0 is not made: 0 · NaN would not be 0. If all are 0 the sum is 0, and differentiable; nothing gets a
/// gradient of it.
pub(crate) fn weighted_sum<F: FnOnce() -> Tensor<1>>(parts: impl IntoIterator<Item = (f64, F)>) -> Tensor<1> {
    let (live, idle): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(weight, _)| *weight != 0.0);
    let sum = live
        .into_iter()
        .map(|(weight, value)| value() * weight)
        .reduce(|sum, value| sum + value);
    let nothing = || {
        let (_, value) = idle.into_iter().next().expect("there is a part");
        // Only its shape matters.
        rows::nothing(&value())
    };
    sum.unwrap_or_else(nothing)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn leaf(value: f32) -> Tensor<1> {
        Tensor::from_floats([value], &Device::flex().autodiff()).require_grad()
    }

    #[test]
    fn a_weight_of_zero_shuts_out_nan() {
        let (a, b) = (leaf(f32::NAN), leaf(4.0));
        let sum = weighted_sum([(0.0, &a), (0.5, &b)].map(|(weight, value)| (weight, || value.clone())));
        let gradients = sum.backward();
        assert_eq!(sum.into_scalar::<f32>(), 2.0);
        assert!(a.grad(&gradients).is_none());
        assert_eq!(b.grad(&gradients).unwrap().into_scalar::<f32>(), 0.5);
    }

    #[test]
    fn nothing_is_a_zero_that_can_be_differentiated() {
        for value in [1.0, f32::NAN, f32::INFINITY] {
            let a = leaf(value);
            // The square's slope at infinity is infinite, and 0 times that is NaN.
            let sum = weighted_sum([(0.0, || a.clone().square())]);
            let gradients = sum.backward();
            assert_eq!(sum.into_scalar::<f32>(), 0.0);
            assert!(a.grad(&gradients).is_none());
        }
    }
}
