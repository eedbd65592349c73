//! What a network answers to a set of digits, and how good that is.

use burn::prelude::*;
use kd_examples::digits::{CLASSES, Digits};

/// Logits of a set of digits, on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    logits: Vec<[f32; CLASSES]>,
}

impl Answers {
    /// Of logits `[rows, classes]`.
    pub fn new(logits: Tensor<2>) -> Self {
        let logits: Vec<f32> = logits.into_data().iter::<f32>().collect();
        let rows = logits
            .chunks_exact(CLASSES)
            .map(|row| std::array::from_fn(|class| row[class]));
        Self { logits: rows.collect() }
    }

    /// The most probable digit of each row; of equals, the first.
    pub fn digits(&self) -> impl Iterator<Item = u8> + '_ {
        self.logits.iter().map(|row| {
            let best = (1..CLASSES).fold(0, |best, class| if row[class] > row[best] { class } else { best });
            best as u8
        })
    }

    /// How many are wrong.
    pub fn errors(&self, truth: &Digits) -> usize {
        self.digits()
            .zip(truth.labels())
            .filter(|(answer, label)| answer != *label)
            .count()
    }

    /// How many of one digit are right.
    pub fn right(&self, truth: &Digits, digit: u8) -> usize {
        self.digits()
            .zip(truth.labels())
            .filter(|(answer, label)| **label == digit && *answer == digit)
            .count()
    }

    /// Share of the rows in which another network says the same, right or wrong.
    pub fn agreement(&self, other: &Self) -> f64 {
        self.digits()
            .zip(other.digits())
            .filter(|(one, two)| one == two)
            .count() as f64
            / self.logits.len() as f64
    }

    /// The answers after one class's output bias is raised by `amount`.
    pub fn raised(&self, class: u8, amount: f32) -> Self {
        let mut raised = self.clone();
        for row in &mut raised.logits {
            row[usize::from(class)] += amount;
        }
        raised
    }

    /// Mean probability of each class over the rows, at a temperature.
    pub fn mean_probs(&self, temperature: f64) -> [f64; CLASSES] {
        mean_probs(self.logits.iter(), temperature)
    }

    /// Mean probability of each class over the rows of one true digit; zeros when there is none.
    pub fn mean_probs_of(&self, truth: &Digits, digit: u8, temperature: f64) -> [f64; CLASSES] {
        let rows = self
            .logits
            .iter()
            .zip(truth.labels())
            .filter(|(_, label)| **label == digit);
        mean_probs(rows.map(|(row, _)| row), temperature)
    }
}

fn mean_probs<'a>(rows: impl Iterator<Item = &'a [f32; CLASSES]>, temperature: f64) -> [f64; CLASSES] {
    let (mut sum, mut count) = ([0.0; CLASSES], 0.0f64);
    for row in rows {
        let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers = row.map(|logit| (f64::from(logit - highest) / temperature).exp());
        let whole: f64 = powers.iter().sum();
        for (sum, power) in sum.iter_mut().zip(powers) {
            *sum += power / whole;
        }
        count += 1.0;
    }
    sum.map(|sum| sum / count.max(1.0))
}

#[cfg(test)]
mod tests {
    use kd_examples::digits::PIXELS;

    use super::*;

    /// Rows that say 3, 3 and 5 to a 3, a 7 and a 5.
    fn example() -> (Answers, Digits) {
        let row = |class: usize| std::array::from_fn(|at| if at == class { 2.0 } else { 0.0 });
        let answers = Answers {
            logits: vec![row(3), row(3), row(5)],
        };
        (answers, Digits::new(vec![0; 3 * PIXELS], vec![3, 7, 5]))
    }

    #[test]
    fn counts_errors_and_right_ones() {
        let (answers, truth) = example();
        assert_eq!(answers.digits().collect::<Vec<_>>(), [3, 3, 5]);
        assert_eq!(answers.errors(&truth), 1);
        assert_eq!(
            (
                answers.right(&truth, 3),
                answers.right(&truth, 7),
                answers.right(&truth, 5)
            ),
            (1, 0, 1)
        );
    }

    #[test]
    fn a_raised_bias_wins_where_it_exceeds_the_lead() {
        let (answers, _) = example();
        assert_eq!(answers.raised(7, 1.9).digits().collect::<Vec<_>>(), [3, 3, 5]);
        assert_eq!(answers.raised(7, 2.1).digits().collect::<Vec<_>>(), [7, 7, 7]);
        assert_eq!(answers.agreement(&answers.raised(5, 1.0)), 1.0);
        assert!((answers.agreement(&answers.raised(5, 3.0)) - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn mean_probs_are_probabilities_and_flatten_with_temperature() {
        let (answers, truth) = example();
        let (sharp, soft) = (
            answers.mean_probs_of(&truth, 3, 1.0),
            answers.mean_probs_of(&truth, 3, 20.0),
        );
        assert!((sharp.iter().sum::<f64>() - 1.0).abs() < 1e-12 && (soft.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let expected = 2.0f64.exp() / (2.0f64.exp() + 9.0);
        assert!((sharp[3] - expected).abs() < 1e-6);
        assert!(soft[3] < sharp[3] && soft[4] > sharp[4]);
        assert_eq!(answers.mean_probs_of(&truth, 0, 1.0), [0.0; CLASSES]);
    }
}
