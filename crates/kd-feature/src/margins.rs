use std::f64::consts::{PI, SQRT_2};

use burn::tensor::{Tensor, TensorData};
use kd_core::{check, rows};

use crate::channels::by_channel;

/// The mean of each channel's negative values if they are normally distributed: the margins of a
/// [`PartialL2Loss`](crate::PartialL2Loss).
///
/// ```text
/// E[t | t < 0] = mean − std · φ(mean / std) / Φ(−mean / std)
/// ```
///
/// What comes out of batch normalisation has mean β and standard deviation |γ|, so its two parameters are all that is
/// needed; the sign of `std` is ignored. At most 0 and finite: a channel without spread has its own mean, or 0 if that is
/// positive, and one that is hardly ever negative has a margin near 0. The authors' code has `−3 · std` for channels that are
/// negative less often than once in a thousand.
///
/// # Shapes
///
/// - mean, std: `[channels]`
/// - output: `[channels]`
///
/// # Panics
///
/// If there are not as many means as deviations.
///
/// # Example
///
/// ```
/// use burn::nn::BatchNormConfig;
/// use kd_feature::normal_margins;
///
/// # let device = burn::tensor::Device::flex();
/// let norm = BatchNormConfig::new(2).init(&device); // the teacher's last before its ReLU
/// let margins: Vec<f32> = normal_margins(norm.beta.val(), norm.gamma.val()).into_data().try_to_vec().unwrap();
/// // Half of a standard normal distribution: −√(2/π).
/// assert!((margins[0] + 0.797_884_6).abs() < 1e-6);
/// ```
#[track_caller]
pub fn normal_margins(mean: Tensor<1>, std: Tensor<1>) -> Tensor<1> {
    let (means, stds) = (mean.dims()[0], std.dims()[0]);
    assert!(
        means == stds,
        "normal_margins: there are {means} means and {stds} deviations; give one of each per channel"
    );
    let place = (&mean.device(), mean.dtype());
    let [mean, std] = [mean, std].map(Tensor::into_data);
    let pairs = mean.iter::<f64>().zip(std.iter::<f64>());
    let margins: Vec<f64> = pairs.map(|(mean, std)| mean_below_zero(mean, std.abs())).collect();
    Tensor::from_data(TensorData::from(margins.as_slice()), place)
}

/// The mean of each channel's negative values as they are: the margins of a [`PartialL2Loss`](crate::PartialL2Loss) measured
/// on features of the teacher, before its ReLU.
///
/// 0 for a channel that has no negative value.
///
/// # Shapes
///
/// - features: `[batch, channels]`, `[batch, seq, channels]` or `[batch, channels, height, width]`
/// - output: `[channels]`
///
/// # Panics
///
/// If there are no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_feature::measured_margins;
///
/// # let device = burn::tensor::Device::flex();
/// let features = Tensor::<2>::from_floats([[-1.0, 2.0], [-4.0, 0.0], [6.0, 1.0]], &device);
/// let margins: Vec<f32> = measured_margins(features).into_data().try_to_vec().unwrap();
/// assert_eq!(margins, [-2.5, 0.0]);
/// ```
#[track_caller]
pub fn measured_margins<const D: usize>(features: Tensor<D>) -> Tensor<1> {
    check::made_for("measured_margins", &features.dims(), None);
    let x = by_channel(rows::widen(features.without_autodiff()));
    // NaN is not above either, and stays in the sum.
    let above = x.clone().greater_equal_elem(0.0);
    let below = above.clone().bool_not().float().cast(x.dtype()).sum_dim(1);
    let none = below.clone().equal_elem(0.0);
    let sum = x.mask_fill(above, 0.0).sum_dim(1);
    (sum * below.mask_fill(none, 1.0).recip()).squeeze_dim(1)
}

/// `E[t | t < 0]` of a normal t, and its limit where there is no spread.
fn mean_below_zero(mean: f64, std: f64) -> f64 {
    if std == 0.0 {
        return if mean > 0.0 { 0.0 } else { mean };
    }
    let a = mean / std;
    if a < 5.0 {
        let density = (-0.5 * a * a).exp() / (2.0 * PI).sqrt();
        let share = 0.5 * libm::erfc(a / SQRT_2);
        mean - std * density / share
    } else {
        // Both underflow further out, and their ratio is nearly a, from which a would be subtracted. It is the continued
        // fraction a + 1/(a + 2/(a + 3/(a + …))).
        -std / (2..40).rev().fold(a, |rest, n| a + f64::from(n) / rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the definition, by Simpson's rule over the negative axis.
    fn integrated(mean: f64, std: f64) -> f64 {
        // The density relative to that at 0, which cannot underflow there; nothing is left 12 deviations below the peak.
        let (from, steps) = (mean.min(0.0) - 12.0 * std, 200_000);
        let step = -from / f64::from(steps);
        let (mut all, mut first) = (0.0, 0.0);
        for n in 0..=steps {
            let t = from + f64::from(n) * step;
            let weight = match n {
                0 => 1.0,
                n if n == steps => 1.0,
                n if n % 2 == 1 => 4.0,
                _ => 2.0,
            };
            let density = weight * ((mean.max(0.0).powi(2) - (t - mean).powi(2)) / (2.0 * std * std)).exp();
            all += density;
            first += t * density;
        }
        first / all
    }

    #[test]
    fn the_closed_form_is_the_integral() {
        for (mean, std) in [
            (0.0, 1.0),
            (-3.0, 0.5),
            (2.0, 1.5),
            (4.9, 1.0),
            (5.1, 1.0),
            (30.0, 2.0),
            (60.0, 1.0),
        ] {
            let (closed, integral) = (mean_below_zero(mean, std), integrated(mean, std));
            assert!(
                (closed / integral - 1.0).abs() < 1e-8,
                "{mean}, {std}: {closed} and not {integral}"
            );
        }
    }

    #[test]
    fn a_channel_without_spread_is_finite() {
        assert_eq!(mean_below_zero(2.0, 0.0), 0.0);
        assert_eq!(mean_below_zero(-2.0, 0.0), -2.0);
        assert_eq!(mean_below_zero(0.0, 0.0), 0.0);
        assert_eq!(mean_below_zero(-2.0, 1e-300), -2.0);
        assert!((-1e-290..=0.0).contains(&mean_below_zero(2.0, 1e-300)));
        assert!(mean_below_zero(f64::NAN, 1.0).is_nan() && mean_below_zero(f64::NAN, 0.0).is_nan());
    }

    #[test]
    #[should_panic(expected = "measured_margins: features of shape [2, 0] hold no numbers")]
    fn no_channels_panic() {
        let _ = measured_margins(Tensor::<2>::zeros([2, 0], &burn::tensor::Device::flex()));
    }

    #[test]
    fn maps_are_measured_over_places_and_samples() {
        let device = burn::tensor::Device::flex();
        let maps = Tensor::<4>::from_floats(
            [[[[-1.0, 2.0]], [[3.0, 4.0]]], [[[-3.0, -5.0]], [[-6.0, 4.0]]]],
            &device,
        );
        let margins: Vec<f32> = measured_margins(maps).into_data().try_to_vec().unwrap();
        assert_eq!(margins, [-3.0, -6.0]);
    }
}
