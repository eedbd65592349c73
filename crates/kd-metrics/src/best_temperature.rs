use kd_core::{Error, check};

use crate::Predictions;

/// Temperature scaling: the one temperature at which held-out labels are likeliest (Guo et al., 2017).
///
/// ```text
/// T      = argmin NLL(softmax(z / T))
/// 0      = 1/n · Σ (Σ_c q_c · z_c − z_y)        the derivative by 1/T, q = softmax(z / T)
/// ```
///
/// The likeliest class stays the likeliest, so accuracy does not change; confidence does. Above 1 the model was too sure,
/// below 1 too modest. A student whose loss has softened teachers can be either.
///
/// # Range
///
/// Above 0.
///
/// # Convention
///
/// In 1/T the NLL is convex, so its derivative is 0 at one place only; that is found by halving, to 10 digits. The authors'
/// code minimises by T itself with L-BFGS, from 1.5 and in no more than 50 steps, and finds the same where it gets there.
///
/// Take samples that were not trained on, nor are reported on: on those the model is surer than it should be, or has been
/// told the answer.
///
/// # Errors
///
/// [`Error::InvalidValue`] if there are no samples, or no temperature is best: where every sample is right a lower one is
/// always better (the value is then 0), and where the labels are no likelier than other classes a higher one is (∞).
/// [`Error::Sample`], which names it, if a sample's predictions are NaN, or its label's class was ruled out (a logit of −∞):
/// that is infinitely surprising at every temperature.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_metrics::{Likelihood, Predictions, best_temperature};
///
/// # let device = burn::tensor::Device::flex();
/// # let batches = [(
/// #     Tensor::<2>::from_floats([[4.0, 0.0], [4.0, 0.0], [4.0, 0.0], [0.0, 4.0]], &device),
/// #     Tensor::from_ints([0, 0, 1, 1], &device),
/// # )];
/// let mut held_out = Predictions::default();
/// for (logits, labels) in batches {
///     held_out.extend(Predictions::from_logits(logits, labels));
/// }
/// // It says 98 %, and is right three times in four: log 3 is what 4 should have been.
/// let temperature = best_temperature(&held_out)?;
/// assert!((temperature - 4.0 / 3f64.ln()).abs() < 1e-8);
///
/// let mut likelihood = Likelihood::new();
/// likelihood.add(&held_out.softened(temperature));
/// assert!(likelihood.nll().unwrap() < 0.563);
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Reference
///
/// Chuan Guo, Geoff Pleiss, Yu Sun, Kilian Q. Weinberger: *On Calibration of Modern Neural Networks*, 2017,
/// arXiv:1706.04599, section 4.2.
///
/// # See also
///
/// [`Calibration`](crate::Calibration), which says how much it helped.
pub fn best_temperature(held_out: &Predictions) -> Result<f64, Error> {
    check::count("best_temperature", "the number of samples", held_out.len())?;
    held_out.iter().enumerate().try_for_each(is_usable)?;
    let slope = |inverse: f64| -> f64 { held_out.iter().map(|(z, y)| expected(z, inverse) - z[y]).sum() };
    if slope(0.0) >= 0.0 {
        return Err(none(
            f64::INFINITY,
            "finite; the labels are no likelier than other classes. Are they in the order of the logits?",
        ));
    }
    if held_out.iter().all(|(z, y)| z.iter().all(|x| *x <= z[y])) {
        return Err(none(
            0.0,
            "above 0; every sample is right, and the surer the better. Hold out more samples",
        ));
    }
    let (mut low, mut high) = (0.0, 1.0);
    while slope(high) < 0.0 {
        (low, high) = (high, 2.0 * high);
    }
    while high - low > 1e-11 * high {
        let middle = 0.5 * (low + high);
        if slope(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok((0.5 * (low + high)).recip())
}

/// Whether a sample, whose place is given, can say anything of temperatures.
fn is_usable((sample, (z, y)): (usize, (&[f64], usize))) -> Result<(), Error> {
    let reason = if z.iter().any(|x| x.is_nan()) {
        "has predictions that are NaN; find out where the logits cease to be numbers"
    } else if z[y] == f64::NEG_INFINITY {
        "has a label whose class was ruled out, and no temperature brings it back; leave the sample out, or the padding in"
    } else {
        return Ok(());
    };
    Err(Error::Sample {
        owner: "best_temperature",
        sample,
        reason: reason.into(),
    })
}

/// The mean of a row at this inverse temperature; classes that do not exist take no part.
fn expected(z: &[f64], inverse: f64) -> f64 {
    let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut total) = (0.0, 0.0);
    for &x in z.iter().filter(|x| **x != f64::NEG_INFINITY) {
        let weight = ((x - largest) * inverse).exp();
        sum += weight * x;
        total += weight;
    }
    sum / total
}

fn none(value: f64, expected: &'static str) -> Error {
    Error::InvalidValue {
        owner: "best_temperature",
        name: "the best temperature",
        value,
        expected,
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::*;
    use crate::Likelihood;

    fn predictions<const N: usize, const C: usize>(logits: [[f32; C]; N], labels: [i32; N]) -> Predictions {
        let device = Device::flex();
        Predictions::from_logits(Tensor::from_floats(logits, &device), Tensor::from_ints(labels, &device))
    }

    fn refusal(held_out: &Predictions) -> String {
        best_temperature(held_out).unwrap_err().to_string()
    }

    #[test]
    fn no_other_temperature_is_better() {
        let held_out = predictions(
            [
                [9.0, 1.0, 0.0, f32::NEG_INFINITY],
                [2.0, 8.0, 7.0, -3.0],
                [0.0, 3.0, 1.0, 12.0],
            ],
            [0, 2, 1],
        );
        let nll = |temperature: f64| {
            let mut likelihood = Likelihood::new();
            likelihood.add(&held_out.clone().softened(temperature));
            likelihood.nll().unwrap()
        };
        let best = best_temperature(&held_out).unwrap();
        for factor in [0.01, 0.5, 0.99, 1.01, 2.0, 100.0] {
            assert!(nll(best) < nll(factor * best), "{factor} · {best}");
        }
    }

    #[test]
    fn logits_twice_as_large_want_twice_the_temperature() {
        let rows = [[3.0, 1.0], [1.0, 2.0], [5.0, 0.0]];
        let once = best_temperature(&predictions(rows, [0, 0, 0])).unwrap();
        for factor in [2.0, 1024.0, 1.0 / 1024.0] {
            let scaled = rows.map(|row| row.map(|x| x * factor));
            let scaled = best_temperature(&predictions(scaled, [0, 0, 0])).unwrap();
            assert!(
                (scaled / once / f64::from(factor) - 1.0).abs() < 1e-9,
                "{scaled} for {once}"
            );
        }
    }

    #[test]
    fn where_there_is_no_best_it_says_why() {
        assert!(refusal(&predictions([[2.0, 1.0], [0.0, 4.0]], [0, 1])).contains("is 0, but must be above 0; every"));
        assert!(refusal(&predictions([[2.0, 1.0], [0.0, 4.0]], [1, 0])).contains("is inf, but must be finite; the"));
        assert!(refusal(&predictions([[1.0, 1.0]], [0])).contains("no likelier than other classes"));
        assert!(refusal(&Predictions::default()).contains("the number of samples is 0, but must be at least 1"));
    }

    #[test]
    fn a_sample_that_no_temperature_helps_is_named() {
        let lost = predictions([[2.0, 1.0], [f32::NAN, 4.0]], [0, 1]);
        assert!(refusal(&lost).starts_with("best_temperature: sample 1 has predictions that are NaN"));
        let ruled_out = predictions([[2.0, 1.0], [0.0, 4.0], [0.0, f32::NEG_INFINITY]], [0, 0, 1]);
        assert!(refusal(&ruled_out).starts_with("best_temperature: sample 2 has a label whose class was ruled out"));
    }
}
