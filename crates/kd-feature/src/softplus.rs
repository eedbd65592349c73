use burn::tensor::Tensor;

/// Terms of the series below that f64 has digits for, at the 1/3 that it gets at most.
const TERMS: usize = 17;

/// log(1 + eˣ), to the last digits on every device.
///
/// Burn's own has the digits that the device's logarithm has, and near 1 that may be few: WGSL allows it an absolute error.
pub(crate) fn softplus<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    // Two parts that share no gradient, so that a small one is not added to a large one: what is above 0, and the rest.
    let above = x.clone().greater_elem(0.0);
    let e = x.clone().mask_where(above.clone(), x.clone().neg()).exp();
    let ramp = x.mask_fill(above.bool_not(), 0.0);
    // log(1 + e) = 2 · artanh(s) with s = e / (2 + e), and artanh(s) = s + s³ / 3 + s⁵ / 5 + …
    let s = e.clone() * (e + 2.0).recip();
    let square = s.clone().square();
    let last = square.zeros_like() + ((2 * TERMS - 1) as f64).recip();
    let series = (0..TERMS - 1)
        .rev()
        .fold(last, |sum, term| sum * square.clone() + ((2 * term + 1) as f64).recip());
    ramp + s * series * 2.0
}

#[cfg(test)]
mod tests {
    use burn::tensor::{DType, Device, TensorData};

    use super::*;

    #[test]
    fn it_is_the_logarithm_of_1_and_an_exponential() {
        let numbers = [-700.0f64, -40.0, -8.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 8.0, 40.0, 700.0];
        let device = Device::flex().autodiff();
        let x = Tensor::<1>::from_data(TensorData::from(numbers), (&device, DType::F64)).require_grad();
        let y = softplus(x.clone());
        let slopes: Vec<f64> = x
            .grad(&y.clone().sum().backward())
            .unwrap()
            .into_data()
            .iter()
            .collect();
        for ((x, y), slope) in numbers.iter().zip(y.into_data().iter::<f64>()).zip(slopes) {
            let expected = x.max(0.0) + (-x.abs()).exp().ln_1p();
            assert!(
                (y - expected).abs() <= 1e-15 * expected,
                "softplus({x}) is {y} and not {expected}"
            );
            let expected = 1.0 / (1.0 + (-x).exp());
            assert!(
                (slope - expected).abs() <= 1e-14 * expected,
                "its slope there is {slope} and not {expected}"
            );
        }
    }
}
