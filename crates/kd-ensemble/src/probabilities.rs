//! What a member says, on the host.

use burn::tensor::Tensor;

/// Row-major, in f64; what has no softmax is NaN in all of its row.
pub(crate) fn of_logits(logits: Tensor<2>, classes: usize) -> Vec<f64> {
    let mut rows: Vec<f64> = logits.without_autodiff().into_data().iter::<f64>().collect();
    for row in rows.chunks_mut(classes) {
        // From the largest, so that nothing overflows. `max` passes over NaN, but the sum does not.
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.iter().map(|x| (x - largest).exp()).sum();
        for x in row {
            *x = (*x - largest).exp() / sum;
        }
    }
    rows
}

/// The first of the likeliest classes; `None` if one is NaN.
pub(crate) fn likeliest(probs: &[f64]) -> Option<usize> {
    let mut best = 0;
    for (class, p) in probs.iter().enumerate() {
        if p.is_nan() {
            return None;
        }
        if *p > probs[best] {
            best = class;
        }
    }
    Some(best)
}

/// Σ (p − q)² over the classes.
pub(crate) fn distance(p: &[f64], q: impl Fn(usize) -> f64) -> f64 {
    p.iter().enumerate().map(|(class, p)| (p - q(class)).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn of_row(row: [f32; 3]) -> Vec<f64> {
        of_logits(Tensor::from_floats([row], &Device::flex()), 3)
    }

    #[test]
    fn huge_logits_do_not_overflow_and_a_class_can_be_absent() {
        assert_eq!(of_row([3e38, 3e38, f32::NEG_INFINITY]), [0.5, 0.5, 0.0]);
    }

    #[test]
    fn what_has_no_softmax_is_nan_and_has_no_likeliest_class() {
        for row in [[f32::NAN, 0.0, 1.0], [f32::INFINITY, 0.0, 1.0], [f32::NEG_INFINITY; 3]] {
            let probs = of_row(row);
            assert!(probs.iter().all(|p| p.is_nan()), "{row:?}");
            assert_eq!(likeliest(&probs), None);
        }
    }

    #[test]
    fn of_equal_classes_the_first_is_likeliest() {
        assert_eq!(likeliest(&[0.2, 0.4, 0.4]), Some(1));
    }
}
