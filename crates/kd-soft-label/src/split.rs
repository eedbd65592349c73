use burn::tensor::{Int, Tensor};
use kd_core::rows;

/// Rows of logits, taken apart at their labels: what [`DecoupledKdLoss`](crate::DecoupledKdLoss) and its relatives compare.
///
/// ```text
/// target = log (p_y, 1 − p_y)                 y: the label
/// others = log p̂,  p̂_i = p_i / (1 − p_y)      i ≠ y
/// ```
///
/// `log (1 − p_y)` is not computed from p_y, of which a confident teacher leaves nothing but a 1: the other classes are
/// summed up, in log space, and their sum is a second logit beside the label's.
pub(crate) struct Split {
    /// Log-probabilities of the label and of all other classes together, `[rows, 2]`.
    pub target: Tensor<2>,
    /// Log-probabilities of the other classes among themselves, `[rows, classes]`; −∞ at the label.
    pub others: Tensor<2>,
}

impl Split {
    /// Takes logits `[rows, classes]` apart at labels `[rows]`, at a temperature.
    pub fn new(logits: Tensor<2>, labels: Tensor<1, Int>, temperature: f64) -> Self {
        let logits = logits * temperature.recip();
        let at_label = rows::at_label(labels.clone(), logits.dims()[1]);
        let label = logits.clone().gather(1, labels.unsqueeze_dim(1));
        let others = logits.mask_fill(at_label, f64::NEG_INFINITY);

        // A shift of the whole row changes nothing below, so the peak is a constant.
        let peak = others.clone().without_autodiff().max_dim(1);
        let peak = peak.clone().mask_fill(peak.equal_elem(f64::NEG_INFINITY), 0.0);
        let others = others - peak.clone();
        let sum = others.clone().exp().sum_dim(1);
        // Where there is no other class the sum is 0, and the slope of log 0 would turn 0 into NaN.
        let alone = sum.clone().equal_elem(0.0);
        let log_sum = sum.mask_fill(alone.clone(), 1.0).log();
        let rest = log_sum.clone().mask_fill(alone, f64::NEG_INFINITY);
        Self {
            target: rows::log_soften(Tensor::cat(vec![label - peak, rest], 1), 1.0),
            others: others - log_sum,
        }
    }

    /// `−log p_y = log(1 + (1 − p_y) / p_y)`, `[rows]`: even the tiniest has all its digits, so that ratios have too.
    pub fn cross_entropy(self) -> Tensor<1> {
        let [label, rest] = [0..1, 1..2].map(|column| self.target.clone().slice_dim(1, column).squeeze_dim::<1>(1));
        let odds = rest - label;
        odds.clone().clamp_min(0.0) + log1p(odds.abs().neg().exp())
    }
}

/// `log(1 + x)` for x in `[0, 1]`. Burn's own is on GPUs a logarithm of 1 + x, in which a small x is lost.
fn log1p(x: Tensor<1>) -> Tensor<1> {
    // 2 · artanh(s) = 2 · (s + s³/3 + s⁵/5 + …), s ≤ 1/3: each term is less than a ninth of the one before.
    const TERMS: u32 = 16;
    let s = x.clone() / (x + 2.0);
    let square = s.clone() * s.clone();
    let series = (0..TERMS).rev().fold(s.zeros_like(), |sum, k| {
        sum * square.clone() + 1.0 / f64::from(2 * k + 1)
    });
    s * series * 2.0
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn numbers(tensor: Tensor<2>) -> Vec<f32> {
        tensor.exp().into_data().try_to_vec().unwrap()
    }

    fn split(logits: [[f32; 3]; 1], label: i32) -> Split {
        let device = Device::flex();
        Split::new(
            Tensor::from_floats(logits, &device),
            Tensor::from_ints([label], &device),
            1.0,
        )
    }

    #[test]
    fn parts_are_distributions() {
        let (a, b, c) = (0.2f32, 0.3f32, 0.5f32);
        let parts = split([[a.ln(), b.ln(), c.ln()]], 1);
        for (part, expected) in [
            (parts.target, vec![b, a + c]),
            (parts.others, vec![a / 0.7, 0.0, c / 0.7]),
        ] {
            for (actual, expected) in numbers(part).iter().zip(&expected) {
                assert!((actual - expected).abs() < 1e-6, "{actual} {expected}");
            }
        }
    }

    #[test]
    fn a_certain_label_leaves_a_finite_logarithm() {
        let rest: Vec<f32> = split([[1e4, 0.0, 0.0]], 0).target.into_data().try_to_vec().unwrap();
        assert!((rest[1] + 1e4 - 2f32.ln()).abs() < 1e-2, "{rest:?}");
    }

    #[test]
    fn small_cross_entropies_keep_their_digits() {
        for gap in [-60.0f32, -1.0, 0.0, 1.0, 8.0, 16.0, 60.0] {
            let parts = split([[gap, 0.0, f32::NEG_INFINITY]], 0);
            let actual = parts.cross_entropy().into_scalar::<f64>();
            let expected = f64::from(-gap).exp().ln_1p();
            assert!(
                (actual / expected - 1.0).abs() < 1e-5,
                "{actual:e} and not {expected:e}"
            );
        }
    }

    #[test]
    fn a_label_without_other_classes_is_certain() {
        let none = f32::NEG_INFINITY;
        let parts = split([[none, 3.0, none]], 1);
        assert_eq!(numbers(parts.target), [1.0, 0.0]);
        assert_eq!(numbers(parts.others), [0.0; 3]);
    }
}
