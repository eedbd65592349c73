use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::channels::{channel_axis, per_channel};

/// Configuration of a [`PartialL2Loss`].
#[derive(Config, Debug)]
pub struct PartialL2LossConfig {}

impl PartialL2LossConfig {
    /// Makes the loss; the teacher's margins, `[channels]`, come from [`normal_margins`](crate::normal_margins) or
    /// [`measured_margins`](crate::measured_margins).
    ///
    /// # Panics
    ///
    /// If a margin is above 0, NaN or infinite.
    #[track_caller]
    pub fn init(&self, margins: Tensor<1>) -> PartialL2Loss {
        kd_core::check::must(self.try_init(margins))
    }

    /// Makes the loss, for margins that come from a file.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a margin is above 0, NaN or infinite.
    pub fn try_init(&self, margins: Tensor<1>) -> Result<PartialL2Loss, Error> {
        let margins = margins.without_autodiff();
        for margin in margins.to_data().iter::<f64>() {
            check::negative_margin("PartialL2LossConfig", "margin", margin)?;
        }
        Ok(PartialL2Loss { margins })
    }
}

/// The teacher's features as a ReLU would see them: what fires as it is, what does not only as far down as it matters
/// (Heo and others, 2019: the overhaul of feature distillation).
///
/// ```text
/// target = max(teacher, margin), a margin for each channel
/// loss = Σ (0 if student ≤ target ≤ 0, (student − target)² otherwise)
/// ```
///
/// Both are features before the ReLU, and margins are the means of the teacher's negative values, so at most 0.
///
/// # Shapes
///
/// - student, teacher: `[batch, channels]`, `[batch, seq, channels]` or `[batch, channels, height, width]`
/// - output of `per_sample`: `[rows]`; a token is a row of its own, a map is one row ([`samples`](rows::samples))
///
/// # Reduction
///
/// Sum over a sample's numbers, mean over samples.
///
/// # Gradient
///
/// `2 · (student − target)` over samples, and 0 where `student ≤ target ≤ 0`; none for the teacher and the margins.
///
/// # Range
///
/// At least 0, and 0 where the features are equal after the margin, or the student is below a target that is not above 0.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `margins` | | how negative a target can be, one for each channel | finite, ≤ 0 |
///
/// # Convention
///
/// The distance and its sum are the paper's. The condition looks at the target and not at the teacher, as in the paper's
/// composition and the authors' code. That takes 1/1000 of the sum on CIFAR and 1/10,000 on ImageNet; mdistiller too takes
/// 1/1000. The projector before it is a 1×1 convolution with batch normalisation. Its authors keep the teacher's batch
/// normalisation in training mode on purpose: [`Frozen::with_batch_statistics`](kd_core::Frozen::with_batch_statistics).
/// Margins are constants: no optimizer moves them, and no record holds them, so make the loss anew from the teacher.
///
/// # Panics
///
/// If student and teacher differ in shape, there are no samples or no numbers in them, or there is not one margin for each
/// channel.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::PartialL2LossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let partial = PartialL2LossConfig::new().init(Tensor::full([4], -0.5, &device));
/// let teacher = Tensor::<2>::from_floats([[2.0, -3.0, -3.0, -0.25]], &device);
/// // Too little; low enough; not as low as the margin; lower than need be.
/// let student = Tensor::<2>::from_floats([[1.0, -0.5, 0.0, -9.0]], &device);
/// assert_eq!(partial.forward(student, teacher).into_scalar::<f32>(), 1.0 + 0.0 + 0.25 + 0.0);
/// ```
///
/// # Reference
///
/// Byeongho Heo, Jeesoo Kim, Sangdoo Yun, Hyojin Park, Nojun Kwak, Jin Young Choi: *A Comprehensive Overhaul of Feature
/// Distillation*, 2019, arXiv:1904.01866, section 3.
///
/// # See also
///
/// [`ActivationBoundaryLoss`](crate::ActivationBoundaryLoss), by the same authors, which looks at the sides alone.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct PartialL2Loss {
    margins: Tensor<1>,
}

impl<const D: usize> DistillLoss<Tensor<D>> for PartialL2Loss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        const NAME: &str = "PartialL2Loss";
        check::features(NAME, &student, &teacher);
        let channels = student.dims()[channel_axis::<D>()];
        check::channels(NAME, "margins", self.margins.dims()[0], channels);
        let student = rows::widen(student);
        let teacher = teacher.without_autodiff().cast(student.dtype());
        let margin = per_channel(self.margins.clone().without_autodiff(), &teacher).expand(teacher.dims());
        // Not Burn's maximum, which on some devices drops NaN.
        let target = teacher.clone().mask_where(teacher.lower(margin.clone()), margin);
        let difference = student - target.clone();
        let low_enough = difference
            .clone()
            .lower_equal_elem(0.0)
            .bool_and(target.lower_equal_elem(0.0));
        let difference = rows::samples(difference.mask_fill(low_enough, 0.0));
        difference.square().sum_dim(1).squeeze_dim(1)
    }
}

of_any_rank!(PartialL2Loss);

impl ModuleDisplay for PartialL2Loss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("channels", &self.margins.dims()[0]).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let partial = PartialL2LossConfig::new().init(Tensor::zeros([3], &burn::tensor::Device::flex()));
        assert_eq!(format!("{partial}"), "PartialL2Loss {channels: 3}");
    }

    #[test]
    fn a_margin_above_0_is_an_error_that_says_what_to_do() {
        let margins = Tensor::from_floats([-1.0, 0.5], &burn::tensor::Device::flex());
        let error = PartialL2LossConfig::new().try_init(margins).unwrap_err();
        assert_eq!(
            error.to_string(),
            "PartialL2LossConfig: margin is 0.5, but must be a finite number of at most 0, the mean of a channel's \
             negative values"
        );
    }
}
