use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

/// Configuration of a [`HintLoss`].
#[derive(Config, Debug)]
pub struct HintLossConfig {}

impl HintLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> HintLoss {
        HintLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<HintLoss, Error> {
        Ok(self.init())
    }
}

/// Mean squared difference of the features: the hints of FitNets (Romero and others, 2015).
///
/// ```text
/// loss = Σ (student − teacher)² / numbers in a sample
/// ```
///
/// Put a projector before it ([`Projected`](kd_core::Projected)) where the student's features have another shape.
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`
/// - output of `per_sample`: `[rows]`; a token is a row of its own, a map is one row ([`samples`](rows::samples))
///
/// # Reduction
///
/// Mean over a sample's numbers, mean over samples, which together is the mean over all numbers.
///
/// # Gradient
///
/// `2 · (student − teacher) / (numbers in a sample · rows)`; none for the teacher.
///
/// # Range
///
/// At least 0, and 0 where the features are equal.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// Mean over all numbers, as RepDistiller, mdistiller and torchdistill do (`nn.MSELoss`); the paper's equation has ½ of
/// the sum over a sample. RepDistiller weighs it with 100. The paper trains the student up to the hint first, alone, and
/// the whole network after; used as one term among others, as here and in those libraries, it is the simpler variant.
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
/// use kd_feature::HintLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let hint = HintLossConfig::new().init();
/// let student = Tensor::<4>::zeros([2, 3, 8, 8], &device);
/// let teacher = Tensor::<4>::full([2, 3, 8, 8], 2.0, &device);
/// assert_eq!(hint.forward(student, teacher).into_scalar::<f32>(), 4.0);
/// ```
///
/// # Reference
///
/// Adriana Romero, Nicolas Ballas, Samira Ebrahimi Kahou, Antoine Chassang, Carlo Gatta, Yoshua Bengio: *FitNets: Hints for
/// Thin Deep Nets*, 2015, arXiv:1412.6550, equation 3.
///
/// # See also
///
/// [`Projected`](kd_core::Projected), which puts a projector before it.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct HintLoss {}

impl<const D: usize> DistillLoss<Tensor<D>> for HintLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::features("HintLoss", &student, &teacher);
        let student = rows::widen(rows::samples(student));
        let teacher = rows::samples(teacher.without_autodiff()).cast(student.dtype());
        (student - teacher).square().mean_dim(1).squeeze_dim(1)
    }
}

of_any_rank!(HintLoss);

impl ModuleDisplay for HintLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
