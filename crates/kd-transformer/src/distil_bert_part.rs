use burn::tensor::Tensor;
use kd_core::rows::{self, MaskedSum};

use crate::PickedTokens;

/// A part's sum in each sequence, `[batch]`, and how many tokens there are in all.
pub(crate) struct Part {
    pub sums: Tensor<1>,
    pub count: usize,
}

impl Part {
    /// The part of these tokens, or of none.
    pub fn new(
        picked: Option<&PickedTokens>,
        nothing: &Tensor<1>,
        values: impl FnOnce(&PickedTokens) -> Tensor<1>,
    ) -> Self {
        match picked {
            Some(picked) => Self {
                sums: picked.sums(values(picked)),
                count: picked.count(),
            },
            None => Self {
                sums: rows::nothing(nothing),
                count: 0,
            },
        }
    }

    /// The same of the whole batch, and the count as a tensor.
    pub fn sum(self) -> MaskedSum {
        let sum = self.sums.sum();
        let count = Tensor::full([1], self.count as f64, (&sum.device(), sum.dtype())).without_autodiff();
        MaskedSum { sum, count }
    }
}
