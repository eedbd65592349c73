use serde::{Deserialize, Serialize};

use crate::{Advice, advice};

/// What `TermGradients` (feature `autodiff`) found; its documentation has the formulas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GradientReport {
    /// How many batches it is of.
    pub batches: u64,
    /// The terms, in their order.
    pub terms: Vec<TermGradient>,
    /// The cosine between each term and each; `None` where a gradient is 0.
    pub cosines: Vec<Vec<Option<f64>>>,
    /// The norm of the gradient of all weighted terms together: its root mean square over batches.
    pub total: f64,
    /// Gradients that were NaN or infinite; their batches are in no number.
    pub lost: Vec<LostGradient>,
}

/// One term.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TermGradient {
    /// What it is called.
    pub name: String,
    /// Its weight in the total.
    pub weight: f64,
    /// The norm of its gradient before the weight: the root mean square over batches.
    pub norm: f64,
    /// The cosine between it and the gradient of the total, weights included: near 1 it steers, below 0 it is being unlearnt. `None` if
    /// one of them is 0.
    pub along: Option<f64>,
}

/// A gradient that is not finite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LostGradient {
    /// The batch's number among all that were given, from 0.
    pub batch: u64,
    /// The term.
    pub term: String,
}

impl TermGradient {
    /// The norm of what it adds to the gradient of the total.
    pub fn weighted(&self) -> f64 {
        self.weight.abs() * self.norm
    }
}

impl GradientReport {
    /// The cosine between two terms by their places; `None` where one's gradient is 0.
    ///
    /// # Panics
    ///
    /// If there are not as many terms.
    #[track_caller]
    pub fn cosine(&self, first: usize, second: usize) -> Option<f64> {
        self.cosines[first][second]
    }

    /// What each term has of all weighted norms together, from 0 to 1; 0 if all are 0.
    pub fn shares(&self) -> Vec<f64> {
        let all: f64 = self.terms.iter().map(TermGradient::weighted).sum();
        let share = |term: &TermGradient| if all > 0.0 { term.weighted() / all } else { 0.0 };
        self.terms.iter().map(share).collect()
    }

    /// What the numbers mean and what to do, the most pressing first; a [`Report`](crate::Report) has it among its own.
    pub fn advice(&self) -> Vec<Advice> {
        advice::of_gradients(self)
    }

    #[cfg(feature = "autodiff")]
    pub(crate) fn of(terms: &[(String, f64)], products: &[f64], batches: u64, lost: &[LostGradient]) -> Self {
        let count = terms.len();
        // Of batches that are all lost there are no sums.
        let product = |i: usize, j: usize| products.get(i * count + j).copied().unwrap_or(0.0);
        let mean = |sum: f64| (sum.max(0.0) / batches.max(1) as f64).sqrt();
        // A weight below 0 turns its term round.
        let sign = |i: usize| if terms[i].1 < 0.0 { -1.0 } else { 1.0 };
        let between =
            |i: usize, j: usize| Some(sign(i) * sign(j) * cosine(product(i, j), product(i, i), product(j, j))?);
        let with_total = |i: usize| -> f64 { (0..count).map(|j| terms[j].1 * product(i, j)).sum() };
        let total: f64 = (0..count).map(|i| terms[i].1 * with_total(i)).sum();
        let term = |i: usize| TermGradient {
            name: terms[i].0.clone(),
            weight: terms[i].1,
            norm: mean(product(i, i)),
            along: cosine(sign(i) * with_total(i), product(i, i), total),
        };
        Self {
            batches,
            terms: (0..count).map(term).collect(),
            cosines: (0..count)
                .map(|i| (0..count).map(|j| between(i, j)).collect())
                .collect(),
            total: mean(total),
            lost: lost.to_vec(),
        }
    }
}

/// From products of two vectors; rounding does not lead beyond 1.
#[cfg(feature = "autodiff")]
fn cosine(both: f64, first: f64, second: f64) -> Option<f64> {
    let norms = first.sqrt() * second.sqrt();
    (norms > 0.0).then(|| (both / norms).clamp(-1.0, 1.0))
}
