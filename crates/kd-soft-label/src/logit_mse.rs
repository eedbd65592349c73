use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

/// Configuration of a [`LogitMseLoss`].
#[derive(Config, Debug)]
pub struct LogitMseLossConfig {}

impl LogitMseLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> LogitMseLoss {
        LogitMseLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<LogitMseLoss, Error> {
        Ok(self.init())
    }
}

/// Mean squared difference of the logits themselves (Ba & Caruana, 2014).
///
/// ```text
/// loss = Σ (student − teacher)² / classes
/// ```
///
/// # Shapes
///
/// - student, teacher: `[..., classes]`, for example `[batch, classes]` or `[batch, seq, vocab]`
/// - output of `per_sample`: `[rows]`, where rows is the product of all axes but the last
///
/// # Reduction
///
/// Mean over classes, mean over rows.
///
/// # Gradient
///
/// `2 · (student − teacher) / (classes · rows)`; none for the teacher.
///
/// # Range
///
/// At least 0, and 0 where the *logits* are equal: logits that differ by a constant, which are the same distribution,
/// do not count as equal.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// Divided by classes and rows, as the `mean` of TextBrewer and others. For centred logits and T → ∞,
/// [`SoftLabelLoss`](crate::SoftLabelLoss) becomes half of this loss. A class that both sides exclude (−∞) contributes
/// 0, but is counted among the classes. KD_Lib's default has the same name but compares softmax outputs.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no rows or no classes.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::DistillLoss;
/// use kd_soft_label::LogitMseLossConfig;
///
/// # let device = Device::flex();
/// let loss = LogitMseLossConfig::new().init();
/// let student = Tensor::<2>::from_floats([[1.0, 2.0]], &device);
/// let teacher = Tensor::<2>::from_floats([[1.0, 0.0]], &device);
/// assert_eq!(loss.forward(student, teacher).into_scalar::<f32>(), 2.0);
/// ```
///
/// # Reference
///
/// Jimmy Ba, Rich Caruana: *Do Deep Nets Really Need to be Deep?*, 2014, arXiv:1312.6184, equation 1.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss), which compares distributions.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct LogitMseLoss {}

impl<const D: usize> DistillLoss<Tensor<D>> for LogitMseLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::logits("LogitMseLoss", &student, &teacher);
        let student = rows::widen(rows::flatten_rows(student));
        let teacher = rows::flatten_rows(teacher.without_autodiff()).cast(student.dtype());
        // −∞ − (−∞) is not a number: a class absent from both is taken out of both.
        let absent = student
            .clone()
            .without_autodiff()
            .equal(teacher.clone())
            .bool_and(teacher.clone().equal_elem(f64::NEG_INFINITY));
        let difference = student.mask_fill(absent.clone(), 0.0) - teacher.mask_fill(absent, 0.0);
        difference.square().mean_dim(1).squeeze_dim(1)
    }
}

impl ModuleDisplay for LogitMseLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
