use std::{iter::Sum, ops::Add};

use burn::tensor::{Bool, Tensor};
use kd_core::{check, rows};

use crate::{DistilBertLoss, MaskedTargets, SoftTokens, distil_bert::NAME};

/// How many tokens count in each part of a [`DistilBertLoss`]: what its sums are divided by.
///
/// [`DistilBertLoss::counts`] makes it of masks, and those of pieces add up to the whole's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DistilBertCounts {
    /// In the soft labels.
    pub soft: usize,
    /// In the tokens asked for.
    pub mlm: usize,
    /// In the angle between hidden states.
    pub cosine: usize,
}

impl DistilBertLoss {
    /// How many tokens count in each part, of a batch or of a piece of one: what the masks tell before anything is computed.
    ///
    /// # Shapes
    ///
    /// - targets: `[batch, seq]` each
    /// - attended: `[batch, seq]`
    ///
    /// # Panics
    ///
    /// If the masks differ in shape.
    #[track_caller]
    pub fn counts(&self, targets: &MaskedTargets, attended: &Tensor<2, Bool>) -> DistilBertCounts {
        check::of_each_token(
            NAME,
            "the mask of tokens asked for",
            targets.asked.dims(),
            attended.dims(),
        );
        let asked = rows::count(&targets.asked.clone().bool_and(attended.clone()));
        let attended = rows::count(attended);
        DistilBertCounts {
            soft: match self.config.soft_tokens {
                SoftTokens::Attended => attended,
                SoftTokens::Asked => asked,
            },
            mlm: asked,
            cosine: attended,
        }
    }
}

impl Add for DistilBertCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            soft: self.soft + other.soft,
            mlm: self.mlm + other.mlm,
            cosine: self.cosine + other.cosine,
        }
    }
}

impl Sum for DistilBertCounts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), Add::add)
    }
}
