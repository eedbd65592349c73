use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error};

use crate::{
    gram::{gram, sides},
    unit::unit_distance,
};

/// Configuration of a [`SimilarityLoss`].
#[derive(Config, Debug)]
pub struct SimilarityLossConfig {}

impl SimilarityLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> SimilarityLoss {
        SimilarityLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<SimilarityLoss, Error> {
        Ok(self.init())
    }
}

/// Which samples are alike, by the products of their features: similarity-preserving distillation (Tung & Mori, 2019).
///
/// ```text
/// F = features, a row a sample    G = F · Fᵀ, each row divided by its length
/// loss of row i = Σ over j of (G_student − G_teacher)²[i, j] / batch
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
/// Sum over pairs of samples, divided by the square of their number. It compares the samples of a batch with one
/// another, so the loss of a batch is not that of its parts: a mask after the fact leaves the masked samples in the
/// others' rows (select the samples that count before, from student and teacher), and gradient accumulation gives the
/// mean of the batches' losses. As a row of G has length 1 however long it is, the loss of twice the batch is about
/// half as large.
///
/// # Gradient
///
/// Flows to the student through G; none for the teacher.
///
/// # Range
///
/// From 0, where both see the same similarities, to `4 / batch`. A sample of zeros has a row of zeros, and gets no
/// gradient from it. In a batch of one sample G is 1 on both sides, so the loss is 0.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// Rows by their Euclidean length and ÷ batch², as the paper and RepDistiller, which weighs it with 3000. torchdistill
/// normalises rows by the sum of their absolute values, which is another loss, about a third as large.
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
/// use kd_feature::SimilarityLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let loss = SimilarityLossConfig::new().init();
/// let teacher = Tensor::<2>::from_floats([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], &device);
/// let apart = Tensor::<2>::from_floats([[5.0, 0.0], [0.0, 5.0]], &device);
/// let alike = Tensor::<2>::from_floats([[1.0, 0.0], [1.0, 0.0]], &device);
/// assert_eq!(loss.forward(apart, teacher.clone()).into_scalar::<f32>(), 0.0);
/// assert!(loss.forward(alike, teacher).into_scalar::<f32>() > 0.2);
/// ```
///
/// # Reference
///
/// Frederick Tung, Greg Mori: *Similarity-Preserving Knowledge Distillation*, 2019, arXiv:1907.09682, equations 1 to 4.
///
/// # See also
///
/// [`CkaLoss`](crate::CkaLoss), the same products centred; [`RelationalLoss`](crate::RelationalLoss), by distances and
/// angles.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct SimilarityLoss {}

impl<const S: usize, const T: usize> DistillLoss<Tensor<S>, Tensor<T>> for SimilarityLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<S>, teacher: Tensor<T>) -> Tensor<1> {
        let (student, teacher) = sides("SimilarityLoss", student, teacher);
        let [batch, _] = student.dims();
        (unit_distance(gram(student), gram(teacher), 1) * (batch as f64).recip()).squeeze_dim(1)
    }
}

of_relations!(SimilarityLoss);

impl ModuleDisplay for SimilarityLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
