//! What Stirling's formula leaves of the logarithm of Γ and of its slope: the small rest, without the large parts that
//! cancel in a Dirichlet distribution's density.

use burn::tensor::Tensor;

/// From here on the series are right to 1e-14; below, Γ(x + 1) = x · Γ(x) leads up to it.
const LARGE: usize = 10;
/// Of 1/x, 1/x³, … in μ(x).
const VALUE: [f64; 6] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
];
/// Of 1/x, 1/x³, … in −x · μ′(x).
const SLOPE: [f64; 6] = [
    1.0 / 12.0,
    -1.0 / 120.0,
    1.0 / 252.0,
    -1.0 / 240.0,
    1.0 / 132.0,
    -691.0 / 32_760.0,
];

/// Binet's function: `μ(x) = log Γ(x) − ((x − ½) · log x − x + ½ · log 2π)`, of log x.
///
/// Of the logarithm, since where x is smaller than a number can be, μ still grows as −½ · log x. Value and slope are
/// computed off the graph, and the slope is what autodiff gets to see: `x · μ′(x) = x · δ(x) − ½`.
pub(crate) fn binet(log_x: Tensor<2>) -> Tensor<2> {
    let constant = log_x.clone().without_autodiff();
    let x = constant.clone().exp();
    let large = x.clone().greater_equal_elem(LARGE as f64);

    // μ(x) = μ(x + 1) + (x + ½) · log(1 + 1/x) − 1, and the logarithm is at first that of a number as large as 1/x.
    let inverse = constant.clone().neg();
    let first = inverse.clone().clamp_min(0.0) + inverse.abs().neg().exp().log1p();
    let mut value = (x.clone() + 0.5) * first + series(x.clone() + LARGE as f64, VALUE) - 1.0;
    for k in 1..LARGE {
        let y = x.clone() + k as f64;
        value = value + (y.clone() + 0.5) * y.recip().log1p() - 1.0;
    }
    let value = value.mask_where(large.clone(), series(x.clone(), VALUE));
    let slope = x.clone() * delta_of_small(constant.clone(), x.clone()) - 0.5;
    let slope = slope.mask_where(large, series(x, SLOPE).neg());

    value + (log_x - constant) * slope
}

/// `δ(x) = ψ(x + 1) − log x`, of log x, as a constant: ψ is the slope of log Γ.
pub(crate) fn delta(log_x: Tensor<2>) -> Tensor<2> {
    let log_x = log_x.without_autodiff();
    let x = log_x.clone().exp();
    let large = x.clone().greater_equal_elem(LARGE as f64);
    // ψ(x + 1) = ψ(x) + 1/x = log x − 1/2x + μ′(x) + 1/x.
    let of_large = (series(x.clone(), SLOPE).neg() + 0.5) * x.clone().recip();
    delta_of_small(log_x, x).mask_where(large, of_large)
}

/// δ where x is below [`LARGE`], anything elsewhere.
fn delta_of_small(log_x: Tensor<2>, x: Tensor<2>) -> Tensor<2> {
    // ψ(x + 1) = ψ(x + n) − Σ 1 / (x + k) over 0 < k < n.
    let y = x.clone() + LARGE as f64;
    let mut delta = y.clone().log() - log_x - (series(y.clone(), SLOPE) + 0.5) * y.recip();
    for k in 1..LARGE {
        delta = delta - (x.clone() + k as f64).recip();
    }
    delta
}

/// `c₀ / x + c₁ / x³ + c₂ / x⁵ + …`
fn series(x: Tensor<2>, coefficients: [f64; 6]) -> Tensor<2> {
    let inverse = x.recip();
    let square = inverse.clone() * inverse.clone();
    let [first @ .., last] = coefficients;
    let zero = inverse.clone() * 0.0;
    let sum = first
        .iter()
        .rev()
        .fold(zero + last, |sum, &coefficient| sum * square.clone() + coefficient);
    sum * inverse
}

#[cfg(test)]
mod tests {
    use burn::tensor::{DType, Device, TensorData};

    use super::*;

    /// log x, μ(x) and δ(x), by mpmath with 50 digits, rounded to f64.
    const TRUTH: [[f64; 3]; 12] = [
        [-40.0, 19.081061466795326, 39.42278433509847],
        [-8.0, 3.083887088703984, 7.423336013770421],
        [-1.0, 0.19971363195789352, 0.905159898337913],
        [0.0, 0.08106146679532726, 0.42278433509846713],
        [1.0, 0.030523208615394926, 0.17280571563500888],
        [2.0, 0.011271090396052695, 0.06614410997170805],
        [2.3, 0.008352112219585957, 0.049292606889194956],
        [2.31, 0.008269061886135404, 0.048810364664312975],
        [3.0, 0.00414857980130716, 0.024687022644032885],
        [6.0, 0.0002065626390834382, 0.0012388640709516622],
        [12.0, 5.120176961100398e-7, 3.072103030718651e-6],
        [25.0, 1.1573286554136684e-12, 6.943971932465938e-12],
    ];

    fn log_x(dtype: DType) -> Tensor<2> {
        let data = TensorData::new(TRUTH.map(|[log_x, ..]| log_x).to_vec(), [1, TRUTH.len()]);
        Tensor::from_data(data, (&Device::flex().autodiff(), dtype))
    }

    fn assert_near(what: &str, found: Tensor<2>, expected: impl Fn([f64; 3]) -> f64, within: f64) {
        for (found, row) in found.into_data().iter::<f64>().zip(TRUTH) {
            let expected = expected(row);
            let off = (found - expected).abs() / expected.abs().max(1.0);
            assert!(
                off <= within,
                "{what} at log x = {}: {found:e} and not {expected:e}",
                row[0]
            );
        }
    }

    #[test]
    fn binet_is_what_mpmath_says() {
        assert_near("μ, f64", binet(log_x(DType::F64)), |row| row[1], 1e-13);
        assert_near("μ, f32", binet(log_x(DType::F32)), |row| row[1], 1e-6);
    }

    #[test]
    fn delta_is_what_mpmath_says() {
        assert_near("δ, f64", delta(log_x(DType::F64)), |row| row[2], 1e-13);
        assert_near("δ, f32", delta(log_x(DType::F32)), |row| row[2], 1e-6);
        // Where it is small it keeps its digits.
        let relative = |dtype| {
            let found: Vec<f64> = delta(log_x(dtype)).into_data().iter::<f64>().collect();
            let off = found.iter().zip(TRUTH).map(|(found, row)| (found / row[2] - 1.0).abs());
            off.skip(8).fold(0.0, f64::max)
        };
        assert!(relative(DType::F64) < 1e-12 && relative(DType::F32) < 3e-6);
    }

    #[test]
    fn the_slope_of_binet_is_made_of_delta() {
        for (dtype, within) in [(DType::F64, 1e-13), (DType::F32, 1e-6)] {
            let log_x = log_x(dtype).require_grad();
            let gradients = binet(log_x.clone()).sum().backward();
            let slope = |[log_x, _, delta]: [f64; 3]| log_x.exp() * delta - 0.5;
            assert_near("x · μ′", log_x.grad(&gradients).unwrap(), slope, within);
        }
    }

    #[test]
    fn what_is_no_number_in_single_precision_has_a_rest() {
        let data = TensorData::new(vec![-500.0f32, 80.0], [1, 2]);
        let log_x = Tensor::<2>::from_data(data, &Device::flex().autodiff()).require_grad();
        let rest = binet(log_x.clone());
        let slope = log_x.grad(&rest.clone().sum().backward()).unwrap();
        let rest: Vec<f64> = rest.into_data().iter::<f64>().collect();
        let slope: Vec<f64> = slope.into_data().iter::<f64>().collect();
        let half_log_tau = 0.5 * std::f64::consts::TAU.ln();
        assert!(
            (rest[0] - (250.0 - half_log_tau)).abs() < 1e-4 && rest[1].abs() < 1e-6,
            "{rest:?}"
        );
        assert!((slope[0] + 0.5).abs() < 1e-6 && slope[1].abs() < 1e-6, "{slope:?}");
    }
}
