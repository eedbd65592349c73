use burn::tensor::{Bool, Tensor};
pub(crate) use kd_kernels::{unit, unit_distance};

/// What brings the largest magnitude along `axis` to 1, a constant; 0 where that is zero, and where that is.
pub(crate) fn scale<const D: usize>(x: &Tensor<D>, axis: usize) -> (Tensor<D>, Tensor<D, Bool>) {
    let peak = x.clone().without_autodiff().abs().max_dim(axis);
    let zero = peak.clone().lower_elem(f32::MIN_POSITIVE);
    let scale = peak.mask_fill(zero.clone(), 1.0).recip().mask_fill(zero.clone(), 0.0);
    (scale, zero)
}

/// The square root, with slope 0 at 0.
pub(crate) fn root<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let zero = x.clone().equal_elem(0.0);
    x.mask_fill(zero.clone(), 1.0).sqrt().mask_fill(zero, 0.0)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    #[test]
    fn a_direction_has_no_length() {
        let device = Device::flex().autodiff();
        let x = Tensor::<2>::from_floats([[3e30, -4e30], [3e-30, -4e-30], [0.0, 0.0]], &device).require_grad();
        let y = unit(x.clone(), 1);
        let expected = TensorData::from([[0.6f32, -0.8], [0.6, -0.8], [0.0, 0.0]]);
        y.clone()
            .into_data()
            .assert_approx_eq::<f32>(&expected, Default::default());
        let gradient = x.grad(&y.slice([2..3, 0..1]).sum().backward()).unwrap();
        assert_eq!(gradient.abs().sum().into_scalar::<f32>(), 0.0);
    }

    #[test]
    fn a_root_of_nothing_has_no_slope() {
        let device = Device::flex().autodiff();
        let x = Tensor::<1>::from_floats([0.0, 4.0], &device).require_grad();
        let y = root(x.clone());
        let gradient = x.grad(&y.clone().sum().backward()).unwrap();
        assert_eq!(y.into_data().try_to_vec::<f32>().unwrap(), [0.0, 2.0]);
        assert_eq!(gradient.into_data().try_to_vec::<f32>().unwrap(), [0.0, 0.25]);
    }
}
