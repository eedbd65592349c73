use burn::tensor::Tensor;
use kd_core::{LossTerms, rows::MaskedSum};

use crate::{DistilBertCounts, DistilBertLossConfig};

/// The parts of a [`DistilBertLoss`](crate::DistilBertLoss) as sums over tokens, and how many these are, for a batch that comes
/// in pieces: a mean of the pieces' means is something else as soon as they hold unequal numbers of tokens.
///
/// A part without weight is `None`.
///
/// For gradients that are added up piece by piece, [`shares`](Self::shares) divides each piece's sums by the whole batch's numbers
/// of tokens, which the masks tell beforehand.
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
        let part = |sum: Option<MaskedSum>| sum.map(MaskedSum::mean);
        weighted(config, [part(self.soft), part(self.mlm), part(self.cosine)])
    }

    /// What this piece adds to each part's mean over the whole batch, in which so many tokens count: the pieces' values add up to the
    /// values of [`terms`](Self::terms), and their gradients too.
    ///
    /// ```
    /// use burn::tensor::{Bool, Device, Distribution, Int, Tensor};
    /// use kd_transformer::{DistilBertCounts, DistilBertLossConfig, MaskedLanguage, MaskedLesson, MaskedTargets};
    ///
    /// let device = Device::flex().autodiff();
    /// let config = DistilBertLossConfig::new();
    /// let triple = config.init();
    /// # let shown = || {
    /// #     let random = |width| Tensor::<3>::random([1, 3, width], Distribution::Default, &device).require_grad();
    /// #     MaskedLanguage::new(random(10), random(4))
    /// # };
    /// # let piece = |asked: [bool; 3], attended: [bool; 3]| {
    /// #     let [asked, attended] = [asked, attended].map(|mask| Tensor::<2, Bool>::from_bool([mask], &device));
    /// #     let tokens = Tensor::<2, Int>::from_ints([[7, 3, 9]], &device);
    /// #     (shown(), MaskedLesson::new(shown(), MaskedTargets::new(tokens, asked), attended))
    /// # };
    /// // Two pieces, each what the student shows and what it learns from.
    /// let pieces = [piece([true, true, false], [true, true, true]), piece([true, false, false], [true, false, false])];
    /// let counts: DistilBertCounts =
    ///     pieces.iter().map(|(_, lesson)| triple.counts(&lesson.targets, &lesson.attended)).sum();
    /// assert_eq!(counts, DistilBertCounts { soft: 4, mlm: 3, cosine: 4 });
    /// for (student, lesson) in pieces {
    ///     let terms = triple.sums(student, lesson).shares(&config, &counts);
    ///     let gradients = terms.total().backward(); // to be added up, by Burn's `GradientsAccumulator`
    ///     # let _ = gradients;
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// If a weight is not finite.
    #[track_caller]
    pub fn shares(self, config: &DistilBertLossConfig, whole: &DistilBertCounts) -> LossTerms {
        let part = |sum: Option<MaskedSum>, whole: usize| sum.map(|sum| sum.share(whole));
        weighted(
            config,
            [
                part(self.soft, whole.soft),
                part(self.mlm, whole.mlm),
                part(self.cosine, whole.cosine),
            ],
        )
    }
}

/// The parts that there are, each by its name and with its weight.
#[track_caller]
fn weighted(config: &DistilBertLossConfig, parts: [Option<Tensor<1>>; 3]) -> LossTerms {
    let parts = [("soft", config.soft), ("mlm", config.mlm), ("cosine", config.cosine)]
        .into_iter()
        .zip(parts);
    parts.fold(LossTerms::new(), |terms, ((name, weight), value)| match value {
        Some(value) => terms.with(name, weight, value),
        None => terms,
    })
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
