use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    nn::{Linear, LinearConfig},
    tensor::{Device, Int, Tensor, activation::log_sigmoid},
};
use kd_core::{DistillLoss, Error, check, rows};
use kd_kernels::softplus_sums;

use crate::{Contrast, contrast::index_tensor, unit::unit};

/// Configuration of a [`ContrastiveLoss`].
#[derive(Config, Debug)]
pub struct ContrastiveLossConfig {
    /// Numbers in a sample of the student's features. At least 1.
    pub student: usize,
    /// Numbers in a sample of the teacher's features. At least 1.
    pub teacher: usize,
    /// Numbers in an embedding, the memory's too. At least 1.
    #[config(default = 128)]
    pub embedding: usize,
    /// τ: what cosines are divided by. Finite and above 0.
    #[config(default = 0.07)]
    pub temperature: f64,
}

impl ContrastiveLossConfig {
    /// Makes the loss, its two embeddings on `device`.
    ///
    /// # Panics
    ///
    /// If a width is 0, or the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self, device: &Device) -> ContrastiveLoss {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a width is 0, or the temperature is 0, negative, NaN or infinite.
    pub fn try_init(&self, device: &Device) -> Result<ContrastiveLoss, Error> {
        const NAME: &str = "ContrastiveLossConfig";
        check::count(NAME, "student", self.student)?;
        check::count(NAME, "teacher", self.teacher)?;
        check::count(NAME, "embedding", self.embedding)?;
        check::positive(NAME, "temperature", self.temperature)?;
        Ok(ContrastiveLoss {
            embed_student: LinearConfig::new(self.student, self.embedding).init(device),
            embed_teacher: LinearConfig::new(self.teacher, self.embedding).init(device),
            temperature: self.temperature,
        })
    }
}

/// Tells a sample's own teacher from those of other samples: contrastive representation distillation (Tian and others,
/// 2020).
///
/// ```text
/// s, t = embeddings of student and teacher, linear and then of length 1    m = what the memory holds of the other side
/// P(s, m) = 1 / (1 + K / N · e^(−s · m / τ))    K negatives of N samples
/// loss = −log P(s, m_own) − Σ over negatives of log(1 − P(s, m))    and the same with t and the student's memory
/// ```
///
/// The second half teaches the teacher's embedding, and the first the student and its embedding. The loss owns both
/// embeddings: make it a field of the module that the optimizer trains. The memory is a [`MemoryBank`](crate::MemoryBank),
/// which makes the [`Contrast`] and is updated after it has been used.
///
/// # Shapes
///
/// - student: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`, the sample's numbers as
///   many as the configuration says
/// - teacher: a [`Contrast`], whose features are of any such shape
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Sum over the sample and its negatives, mean over samples, each of which stands alone.
///
/// # Gradient
///
/// Flows to the student and both embeddings; none for the teacher's features and the memory.
///
/// # Range
///
/// Above 0, and not 0 where student and teacher agree. With cosines of 0 and K = N it is
/// `2 · (K + 1) · log 2`. A sample whose
/// embedding is 0 has cosine 0 with all others, and gradient 0.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `student`, `teacher` | | numbers in a sample of each | ≥ 1 |
/// | `embedding` | 128 | numbers in an embedding | ≥ 1 |
/// | `temperature` | 0.07 | flattens the choice between the sample and its negatives | finite, > 0 |
///
/// # Convention
///
/// P is the paper's. The authors' code (RepDistiller) divides e^(s · m / τ) by a constant first, N times its mean in the
/// first batch, and adds 1e-7 to divisors. It takes the memory before it is updated, as here. RepDistiller weighs the
/// loss with 0.8.
///
/// # Cost
///
/// Products with the whole memory, `batch · samples` numbers for each side, of which those of the negatives are taken:
/// less than gathering the negatives' embeddings, unless the dataset has more than `negatives · embedding` samples.
///
/// # Panics
///
/// If student and contrast hold unequal numbers of samples, or none, or no numbers in them, or features and memory do
/// not fit the embeddings; on Flex also if a negative of your own is no sample.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::DistillLoss;
/// use kd_feature::{ContrastiveLossConfig, MemoryBankConfig};
///
/// # let device = Device::flex();
/// let crd = ContrastiveLossConfig::new(8, 16).init(&device);
/// let bank = MemoryBankConfig::new(100).with_negatives(20).init(&device);
/// let contrast = bank.contrast(Tensor::<2>::ones([2, 16], &device), &[3, 42], 0);
/// assert!(crd.forward(Tensor::<2>::ones([2, 8], &device), contrast).into_scalar::<f32>() > 0.0);
/// ```
///
/// # Reference
///
/// Yonglong Tian, Dilip Krishnan, Phillip Isola: *Contrastive Representation Distillation*, 2020, arXiv:1910.10699,
/// section 3 and equation 18.
///
/// # See also
///
/// [`ProbabilisticTransferLoss`](crate::ProbabilisticTransferLoss), which compares the samples of a batch and needs no
/// memory.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct ContrastiveLoss {
    /// The student's embedding, before its length becomes 1.
    pub embed_student: Linear,
    /// The teacher's.
    pub embed_teacher: Linear,
    temperature: f64,
}

impl<const D: usize> DistillLoss<Tensor<D>, Contrast> for ContrastiveLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, contrast: Contrast) -> Tensor<1> {
        check::relations("ContrastiveLoss", &student, &contrast.teacher);
        let [of_student, of_teacher] = contrast.memory;
        let own = index_tensor(&contrast.indices, &of_student.device());
        let (student, teacher) = self.embeddings(student.flatten(1, D - 1), contrast.teacher);
        let told = |anchor: Tensor<2>, memory: Tensor<2>| {
            // Divided where it is smallest.
            let anchor = rows::widen(anchor) * self.temperature.recip();
            let memory = memory.cast(anchor.dtype());
            let right = (anchor.clone() * memory.clone().select(0, own.clone())).sum_dim(1);
            let scores = anchor.matmul(memory.transpose());
            told_apart(right, scores, contrast.negatives.clone())
        };
        told(student, of_teacher) + told(teacher, of_student)
    }
}

impl ContrastiveLoss {
    /// The embeddings of features, at length 1: `[batch, embedding]` each.
    pub(crate) fn embeddings(&self, student: Tensor<2>, teacher: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let embed = |layer: &Linear, features: Tensor<2>| unit(layer.forward(features.cast(layer.weight.dtype())), 1);
        (
            embed(&self.embed_student, student),
            embed(&self.embed_teacher, teacher.without_autodiff()),
        )
    }
}

/// How badly the right score, `[batch, 1]`, is told apart from the negatives', `[batch, negatives]` of all scores,
/// `[batch, samples]`: `[batch]`.
fn told_apart(right: Tensor<2>, scores: Tensor<2>, negatives: Tensor<2, Int>) -> Tensor<1> {
    let ([_, count], [_, samples]) = (negatives.dims(), scores.dims());
    // The log-odds of being right: log P/(1 − P). P and 1 − P are its sigmoid and that of its negative.
    let shift = -(count as f64 / samples as f64).ln();
    let right = log_sigmoid(right + shift).squeeze_dim(1);
    softplus_sums(scores, negatives, shift) - right
}

impl ModuleDisplay for ContrastiveLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("temperature", &self.temperature).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        let config = ContrastiveLossConfig::new;
        for (config, message) in [
            (config(0, 3), "student is 0, but must be at least 1"),
            (config(3, 0), "teacher is 0, but must be at least 1"),
            (config(3, 3).with_embedding(0), "embedding is 0, but must be at least 1"),
            (
                config(3, 3).with_temperature(0.0),
                "temperature is 0, but must be a finite number above 0",
            ),
        ] {
            let error = config.try_init(&Device::flex()).unwrap_err();
            assert_eq!(error.to_string(), format!("ContrastiveLossConfig: {message}"));
        }
    }

    #[test]
    fn with_nothing_learnt_each_choice_is_a_coin() {
        let device = Device::flex();
        let negatives = Tensor::zeros([2, 10], &device);
        let loss = told_apart(
            Tensor::zeros([2, 1], &device),
            Tensor::zeros([2, 10], &device),
            negatives,
        );
        let expected = 11.0 * 2f32.ln();
        for value in loss.into_data().try_to_vec::<f32>().unwrap() {
            assert!((value - expected).abs() < 1e-5);
        }
    }
}
