use kd_core::{LossTerms, rows::MaskedSum};

use crate::DistilBertLossConfig;

/// The parts of a [`DistilBertLoss`](crate::DistilBertLoss) as sums over tokens, and how many these are, for a batch that comes
/// in pieces: a mean of the pieces' means is something else as soon as they hold unequal numbers of tokens.
///
/// A part without weight is `None`.
///
/// For gradients that are added up piece by piece, divide each piece's sums by the whole batch's numbers of tokens, which the
/// masks tell beforehand.
#[derive(Clone, Debug)]
pub struct DistilBertSums {
    /// Of the soft labels.
    pub soft: Option<MaskedSum>,
    /// Of the tokens asked for.
    pub mlm: Option<MaskedSum>,
    /// Of the angle between hidden states.
    pub cosine: Option<MaskedSum>,
}

impl DistilBertSums {
    /// Each part's mean by name, with the weight that `config` gives it.
    ///
    /// # Panics
    ///
    /// If a weight is not finite.
    #[track_caller]
    pub fn terms(self, config: &DistilBertLossConfig) -> LossTerms {
        let parts = [
            ("soft", config.soft, self.soft),
            ("mlm", config.mlm, self.mlm),
            ("cosine", config.cosine, self.cosine),
        ];
        parts
            .into_iter()
            .fold(LossTerms::new(), |terms, (name, weight, sum)| match sum {
                Some(sum) => terms.with(name, weight, sum.mean()),
                None => terms,
            })
    }
}

impl std::ops::Add for DistilBertSums {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let both = |a: Option<MaskedSum>, b: Option<MaskedSum>| match (a, b) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        Self {
            soft: both(self.soft, other.soft),
            mlm: both(self.mlm, other.mlm),
            cosine: both(self.cosine, other.cosine),
        }
    }
}
