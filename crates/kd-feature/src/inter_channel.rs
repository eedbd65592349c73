use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::{gram::gram, unit::unit_distance};

/// Configuration of an [`InterChannelLoss`].
#[derive(Config, Debug)]
pub struct InterChannelLossConfig {}

impl InterChannelLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> InterChannelLoss {
        InterChannelLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<InterChannelLoss, Error> {
        Ok(self.init())
    }
}

/// Which channels of a sample see the same: inter-channel correlation (Liu and others, 2021).
///
/// ```text
/// f = a sample's map, a row a channel    G = f · fᵀ, each row divided by its length
/// loss = Σ (G_student − G_teacher)² / channels
/// ```
///
/// # Shapes
///
/// - student, teacher: `[batch, channels, height, width]`; height and width of the two may differ
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Sum over pairs of channels, divided by the channels; mean over samples, each of which stands alone.
///
/// # Gradient
///
/// Flows to the student through G; none for the teacher.
///
/// # Range
///
/// From 0, where both see the same correlations, to 4. A channel of zeros has a row of zeros, and gets no gradient from
/// it.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// ÷ (channels · batch), as the authors' code for CIFAR-100. Their code for ImageNet and torchdistill's `ChSimLoss`
/// divide by the batch once more, so that a sample's loss depends on how many others there are: multiply their weights
/// by 1 / batch.
///
/// # Panics
///
/// If student and teacher differ in samples or channels, or there are no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::InterChannelLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let loss = InterChannelLossConfig::new().init();
/// // Two channels that see different places, and two that see the same.
/// let teacher = Tensor::<4>::from_floats([[[[1.0, 0.0]], [[0.0, 1.0]]]], &device);
/// let student = Tensor::<4>::from_floats([[[[1.0]], [[1.0]]]], &device);
/// let expected = (1.0 - 0.5f32.sqrt()).powi(2) + 0.5;
/// assert!((loss.forward(student, teacher).into_scalar::<f32>() - expected).abs() < 1e-6);
/// ```
///
/// # Reference
///
/// Li Liu, Qingle Huang, Sihao Lin, Hongwei Xie, Bing Wang, Xiaojun Chang, Xiaodan Liang: *Exploring Inter-Channel
/// Correlation for Diversity-Preserved Knowledge Distillation*, 2021, arXiv:2202.03680, section 3.
///
/// # See also
///
/// [`SimilarityLoss`](crate::SimilarityLoss), between samples instead of channels.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct InterChannelLoss {}

impl DistillLoss<Tensor<4>> for InterChannelLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        check::same_channels("InterChannelLoss", &student, &teacher);
        let [_, channels, _, _] = student.dims();
        let student = rows::widen(student.flatten::<3>(2, 3));
        let teacher = teacher.without_autodiff().flatten::<3>(2, 3).cast(student.dtype());
        let apart = unit_distance(gram(student), gram(teacher), 2).squeeze_dim::<2>(2);
        (apart.sum_dim(1) * (channels as f64).recip()).squeeze_dim(1)
    }
}

of_maps!(InterChannelLoss);

impl ModuleDisplay for InterChannelLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
