use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

/// Configuration of an [`ActivationBoundaryLoss`].
#[derive(Config, Debug)]
pub struct ActivationBoundaryLossConfig {
    /// How far beyond the boundary the student has to be. Finite and at least 0.
    #[config(default = 1.0)]
    pub margin: f64,
}

impl ActivationBoundaryLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If `margin` is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> ActivationBoundaryLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if `margin` is negative, NaN or infinite.
    pub fn try_init(&self) -> Result<ActivationBoundaryLoss, Error> {
        check::margin("ActivationBoundaryLossConfig", "margin", self.margin)?;
        Ok(ActivationBoundaryLoss { margin: self.margin })
    }
}

/// Which of the teacher's neurons fire, not how strongly: a hinge on the student's side of each boundary (Heo and others,
/// 2019).
///
/// ```text
/// side = 1 where teacher > 0, −1 where teacher ≤ 0
/// loss = Σ max(margin − side · student, 0)²
/// ```
///
/// Both are features before the ReLU.
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`
/// - output of `per_sample`: `[rows]`; a token is a row of its own, a map is one row ([`samples`](rows::samples))
///
/// # Reduction
///
/// Sum over a sample's numbers, mean over samples.
///
/// # Gradient
///
/// `−2 · side · max(margin − side · student, 0)` over samples; none for the teacher.
///
/// # Range
///
/// At least 0, and 0 where each of the student's numbers is on the teacher's side and `margin` away from 0. So it is not 0
/// where the features are equal but near 0.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `margin` | 1 | how far beyond the boundary the student has to be | finite, ≥ 0 |
///
/// # Convention
///
/// The paper's squared norm, summed over a sample, as torchdistill has it. It grows with the map; RepDistiller takes 3/1000
/// of it, and half as much for each layer further from the output. In the paper it initialises the student before it learns
/// from labels. The projector before it is a 1×1 convolution with batch normalisation.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::ActivationBoundaryLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let boundary = ActivationBoundaryLossConfig::new().init();
/// let teacher = Tensor::<2>::from_floats([[9.0, -9.0, 9.0, -9.0]], &device);
/// // Far enough on the right side twice, too near, and on the wrong side.
/// let student = Tensor::<2>::from_floats([[1.5, -4.0, 0.5, 1.0]], &device);
/// assert_eq!(boundary.forward(student, teacher).into_scalar::<f32>(), 0.25 + 4.0);
/// ```
///
/// # Reference
///
/// Byeongho Heo, Minsik Lee, Sangdoo Yun, Jin Young Choi: *Knowledge Transfer via Distillation of Activation Boundaries
/// Formed by Hidden Neurons*, 2019, arXiv:1811.03233, section 3.
///
/// # See also
///
/// [`PartialL2Loss`](crate::PartialL2Loss), by the same authors, which wants the strength of those that fire.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct ActivationBoundaryLoss {
    margin: f64,
}

impl<const D: usize> DistillLoss<Tensor<D>> for ActivationBoundaryLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::features("ActivationBoundaryLoss", &student, &teacher);
        let student = rows::widen(rows::samples(student));
        let teacher = rows::samples(teacher.without_autodiff()).cast(student.dtype());
        // NaN is on neither side, and stays what it is.
        let fires = teacher.clone().greater_elem(0.0);
        let rests = teacher.clone().lower_equal_elem(0.0);
        let side = teacher.mask_fill(fires, 1.0).mask_fill(rests, -1.0);
        let missing = (side * student).neg() + self.margin;
        let enough = missing.clone().lower_equal_elem(0.0);
        missing.mask_fill(enough, 0.0).square().sum_dim(1).squeeze_dim(1)
    }
}

of_any_rank!(ActivationBoundaryLoss);

impl ModuleDisplay for ActivationBoundaryLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("margin", &self.margin).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let boundary = ActivationBoundaryLossConfig::new().init();
        assert_eq!(format!("{boundary}"), "ActivationBoundaryLoss {margin: 1}");
    }

    #[test]
    fn an_impossible_margin_is_an_error_that_says_what_to_do() {
        let error = ActivationBoundaryLossConfig::new()
            .with_margin(-1.0)
            .try_init()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "ActivationBoundaryLossConfig: margin is -1, but must be a finite number of at least 0"
        );
    }
}
