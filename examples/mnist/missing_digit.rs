//! The paper's most striking experiment: a student that never saw a 3 learns what a 3 looks like from the little that
//! the teacher sees of it in the other digits. All that it lacks is a bias: 3s seem to it as rare as they were.

use burn::prelude::*;
use kd_examples::digits::Digits;

use crate::answers::Answers;

/// The digit that is left out.
pub const MISSING: u8 = 3;

/// By how much a bias may be raised.
const HIGHEST: f32 = 20.0;

/// All but the missing digit, and the rows of `logits`, `[rows, classes]`, that belong to them.
pub fn others(digits: &Digits, logits: Tensor<2>) -> (Digits, Tensor<2>) {
    let rows: Vec<usize> = (0..digits.len())
        .filter(|row| digits.labels()[*row] != MISSING)
        .collect();
    let indices: Vec<i32> = rows.iter().map(|row| *row as i32).collect();
    let indices = Tensor::from_data(TensorData::new(indices, [rows.len()]), &logits.device());
    (digits.select(rows), logits.select(0, indices))
}

/// Share of the missing digit among these.
pub fn share(digits: &Digits) -> f64 {
    digits.labels().iter().filter(|label| **label == MISSING).count() as f64 / digits.len() as f64
}

/// The bias by the prior: raised until the mean probability of the missing digit over `answers` is `share`.
///
/// `answers` are to a set in which the digit has its usual share. Nobody tells which images those are: no label is
/// used, and no test image.
pub fn bias_by_prior(answers: &Answers, share: f64) -> f32 {
    let mass = |bias| answers.raised(MISSING, bias).mean_probs(1.0)[usize::from(MISSING)];
    let (mut low, mut high) = (-HIGHEST, HIGHEST);
    // The mass grows with the bias: thirty halvings leave less than the last digit of an f32.
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        if mass(middle) < share {
            low = middle
        } else {
            high = middle
        }
    }
    high
}

/// The paper's rule: the bias, to a tenth, with which `answers` hold the fewest errors. The paper asks the test images,
/// so its result is the best there is and not a forecast.
pub fn bias_by_test(answers: &Answers, truth: &Digits) -> f32 {
    let biases = (0..=10 * HIGHEST as u16).map(|tenths| f32::from(tenths) / 10.0);
    biases
        .min_by_key(|bias| answers.raised(MISSING, *bias).errors(truth))
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use kd_examples::digits::PIXELS;

    use super::*;

    /// Twenty sure 0s, and a row of 3 whose logit for 3 is 2.05 too low.
    fn example() -> (Answers, Digits) {
        let zero = [9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let three = [0.0, 0.0, 0.0, 3.95, 0.0, 6.0, 0.0, 0.0, 0.0, 0.0];
        let logits: Vec<f32> = [zero; 20].concat().into_iter().chain(three).collect();
        let logits = Tensor::from_data(TensorData::new(logits, [21, 10]), &Device::flex());
        let labels = [vec![0; 20], vec![MISSING]].concat();
        (Answers::new(logits), Digits::new(vec![0; 21 * PIXELS], labels))
    }

    #[test]
    fn both_rules_bring_the_missing_digit_back() {
        let (answers, truth) = example();
        assert_eq!(answers.right(&truth, MISSING), 0);
        let prior = bias_by_prior(&answers, 1.0 / 21.0);
        assert_eq!(answers.raised(MISSING, prior).errors(&truth), 0);
        let test = bias_by_test(&answers, &truth);
        assert!((test - 2.1).abs() < 1e-6, "{test}");
    }

    #[test]
    fn the_others_keep_their_logits() {
        let digits = Digits::new(vec![0; 4 * PIXELS], vec![1, MISSING, 5, MISSING]);
        let logits = Tensor::<2>::from_floats([[1.0], [2.0], [3.0], [4.0]], &Device::flex());
        let (others, logits) = others(&digits, logits);
        assert_eq!(others.labels(), [1, 5]);
        assert_eq!(logits.into_data().iter::<f32>().collect::<Vec<_>>(), [1.0, 3.0]);
        assert_eq!((share(&digits), share(&others)), (0.5, 0.0));
    }

    #[test]
    fn the_prior_is_met() {
        let (answers, _) = example();
        let bias = bias_by_prior(&answers, 0.25);
        let mass = answers.raised(MISSING, bias).mean_probs(1.0)[usize::from(MISSING)];
        assert!((mass - 0.25).abs() < 1e-4, "{mass}");
    }
}
