use burn::tensor::Tensor;

/// The log-probabilities of logits, row-major, computed on the host in f64 from whatever type the logits have.
///
/// A NaN makes its whole row NaN; a logit of −∞ is a class that does not exist.
pub(crate) fn of_logits(logits: Tensor<2>) -> Vec<f64> {
    let classes = logits.dims()[1];
    let mut rows = read(logits);
    normalize(&mut rows, classes);
    rows
}

/// The numbers of a tensor; an empty one is not read, which some devices refuse.
pub(crate) fn read(tensor: Tensor<2>) -> Vec<f64> {
    if tensor.shape().num_elements() == 0 {
        return Vec::new();
    }
    tensor.without_autodiff().into_data().iter::<f64>().collect()
}

/// `x − log Σ exp x` of each row.
pub(crate) fn normalize(rows: &mut [f64], classes: usize) {
    for row in rows.chunks_mut(classes.max(1)) {
        // From the largest, so that nothing overflows. `max` passes over NaN, but the sum does not.
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let log_sum = row.iter().map(|x| (x - largest).exp()).sum::<f64>().ln();
        for x in row {
            *x = *x - largest - log_sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized<const N: usize>(mut row: [f64; N]) -> [f64; N] {
        normalize(&mut row, N);
        row
    }

    #[test]
    fn huge_logits_do_not_overflow() {
        assert_eq!(normalized([1e300, 0.0]), [0.0, -1e300]);
        assert_eq!(normalized([-1e30, -1e30]), [-(2f64.ln()); 2]);
    }

    #[test]
    fn a_class_that_does_not_exist_has_no_share() {
        assert_eq!(normalized([3.0, f64::NEG_INFINITY]), [0.0, f64::NEG_INFINITY]);
    }

    #[test]
    fn what_has_no_softmax_is_nan_in_every_class() {
        for row in [[f64::NAN, 0.0, 1.0], [f64::INFINITY, 0.0, 1.0], [f64::NEG_INFINITY; 3]] {
            assert!(normalized(row).iter().all(|x| x.is_nan()), "{row:?}");
        }
    }
}
