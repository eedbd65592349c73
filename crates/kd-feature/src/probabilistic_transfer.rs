use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check};

use crate::{
    gram::{gram, sides},
    unit::unit,
};

/// Configuration of a [`ProbabilisticTransferLoss`].
#[derive(Config, Debug)]
pub struct ProbabilisticTransferLossConfig {
    /// Added to both probabilities before their logarithms. Finite and above 0.
    #[config(default = 1e-7)]
    pub epsilon: f64,
}

impl ProbabilisticTransferLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If epsilon is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> ProbabilisticTransferLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if epsilon is 0, negative, NaN or infinite.
    pub fn try_init(&self) -> Result<ProbabilisticTransferLoss, Error> {
        check::positive("ProbabilisticTransferLossConfig", "epsilon", self.epsilon)?;
        Ok(ProbabilisticTransferLoss { epsilon: self.epsilon })
    }
}

/// How likely each sample is another's neighbour: probabilistic knowledge transfer (Passalis & Tefas, 2018).
///
/// ```text
/// K[i, j] = (cosine of samples i and j + 1) / 2
/// p = K of the teacher, each row divided by its sum    q = the same of the student
/// loss of row i = Σ over j of p[i, j] · log((p[i, j] + ε) / (q[i, j] + ε)) / batch
/// ```
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`; rank and widths
///   of the two may differ, no projector is needed
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over all pairs of samples: the sum of the rows' divergences over batch². It compares the samples of a batch
/// with one another, so the loss of a batch is not that of its parts: a mask after the fact leaves the masked samples
/// in the others' rows (select the samples that count before, from student and teacher), and gradient accumulation
/// gives the mean of the batches' losses. The loss of twice the batch is about half as large.
///
/// # Gradient
///
/// Flows to the student through q; none for the teacher.
///
/// # Range
///
/// 0 where both see the same neighbours, and above it elsewhere, but for what ε adds: less than `ε · log(1 + 1 / ε)`. A
/// sample of zeros has cosine 0 with every sample, itself included, and gradient 0. In a batch of one sample p and q
/// are 1, so the loss is 0. Of samples that are nearly opposite f32 leaves few digits: q is a small difference there, and
/// its logarithm steep.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `epsilon` | 1e-7 | keeps the logarithm of opposite samples, whose q is 0, finite | finite, > 0 |
///
/// # Convention
///
/// Mean over batch² and ε in the logarithm, as the authors' code and RepDistiller, which weighs it with 30000; the
/// paper sums over the pairs, batch² times as much. The pairs of a sample with itself count, as in that code; the
/// paper's sums leave them out. That code also adds ε to the features' lengths; here a length of 0 is the only one that
/// is treated apart. We sum q − p along, which is 0 and takes out most of the rounding.
///
/// # Panics
///
/// If there are unequal numbers of samples, or none, or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::ProbabilisticTransferLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let loss = ProbabilisticTransferLossConfig::new().init();
/// let teacher = Tensor::<2>::from_floats([[1.0, 0.0], [0.0, 1.0]], &device);
/// let student = Tensor::<2>::from_floats([[1.0, 0.0], [1.0, 0.0]], &device);
/// // p is (2/3, 1/3), and q (1/2, 1/2), in both rows.
/// let expected = (2.0 * (4.0f32 / 3.0).ln() + (2.0f32 / 3.0).ln()) / 3.0 / 2.0;
/// let value = loss.forward(student, teacher.clone()).into_scalar::<f32>();
/// assert!((value - expected).abs() < 1e-6);
/// assert_eq!(loss.forward(teacher.clone(), teacher).into_scalar::<f32>(), 0.0);
/// ```
///
/// # Reference
///
/// Nikolaos Passalis, Anastasios Tefas: *Learning Deep Representations with Probabilistic Knowledge Transfer*, 2018,
/// arXiv:1803.10837, section 3.
///
/// # See also
///
/// [`SimilarityLoss`](crate::SimilarityLoss), by squared differences.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct ProbabilisticTransferLoss {
    epsilon: f64,
}

impl<const S: usize, const T: usize> DistillLoss<Tensor<S>, Tensor<T>> for ProbabilisticTransferLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<S>, teacher: Tensor<T>) -> Tensor<1> {
        let (student, teacher) = sides("ProbabilisticTransferLoss", student, teacher);
        let (p, q) = (neighbours(teacher), neighbours(student));
        // One logarithm is half the work of two, and its rounding is that of a number near 0.
        let log_ratio = ((p.clone() + self.epsilon) / (q.clone() + self.epsilon)).log();
        (p.clone() * log_ratio + (q - p)).mean_dim(1).squeeze_dim(1)
    }
}

/// How likely each sample is the neighbour of each: `[batch, batch]`, whose rows sum to 1.
fn neighbours(features: Tensor<2>) -> Tensor<2> {
    let cosines = gram(unit(features, 1));
    // Rounding alone can bring a cosine below −1.
    let below = cosines.clone().lower_elem(-1.0);
    let kernel = ((cosines + 1.0) * 0.5).mask_fill(below, 0.0);
    kernel.clone() * kernel.sum_dim(1).recip()
}

of_relations!(ProbabilisticTransferLoss);

impl ModuleDisplay for ProbabilisticTransferLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("epsilon", &self.epsilon).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let loss = ProbabilisticTransferLossConfig::new().with_epsilon(0.5).init();
        assert_eq!(format!("{loss}"), "ProbabilisticTransferLoss {epsilon: 0.5}");
    }

    #[test]
    fn an_impossible_epsilon_is_an_error_that_says_what_to_do() {
        let error = ProbabilisticTransferLossConfig::new().with_epsilon(0.0).try_init();
        assert_eq!(
            error.unwrap_err().to_string(),
            "ProbabilisticTransferLossConfig: epsilon is 0, but must be a finite number above 0"
        );
    }
}
