use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Int, Tensor},
};
use kd_core::{DistillLoss, Error, check, rows};

/// Configuration of a [`HardLabelLoss`].
#[derive(Config, Debug)]
pub struct HardLabelLossConfig {
    /// Whether labels are checked at every call; at every exit under [`DeepSupervision`](crate::DeepSupervision), which calls
    /// it for each. That reads them back from the device, and on a GPU waits for it; turn it off there once your data loader
    /// is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl HardLabelLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> HardLabelLoss {
        HardLabelLoss {
            check_labels: self.check_labels,
        }
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<HardLabelLoss, Error> {
        Ok(self.init())
    }
}

/// Cross-entropy of the student with the true labels, as a loss that lifts can be given.
///
/// ```text
/// loss = −log softmax(student)[label]
/// ```
///
/// # Shapes
///
/// - student: `[rows, classes]`
/// - teacher: the labels, `[rows]`
/// - output of `per_sample`: `[rows]`
///
/// # Reduction
///
/// Mean over rows.
///
/// # Gradient
///
/// `(softmax(student) − onehot(labels)) / rows`.
///
/// # Range
///
/// At least 0; it approaches 0 as the label's logit leaves the others behind.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `check_labels` | true | checks that labels are classes, at every call: under `DeepSupervision` once per exit | off to spare a GPU the waits |
///
/// # Convention
///
/// At temperature 1, as everywhere. It is `KnowledgeDistillationLoss` at alpha 0, without a teacher's logits.
///
/// # Panics
///
/// If there are no rows or no classes, there is not one label per row, or a label is not a class.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_self::{DeepSupervision, HardLabelLossConfig};
///
/// # let device = burn::tensor::Device::flex();
/// // Labels at every exit, and no exit teaches another.
/// let hard = DeepSupervision::shared(HardLabelLossConfig::new().init());
/// let exits = vec![Tensor::<2>::zeros([8, 10], &device), Tensor::<2>::zeros([8, 10], &device)];
/// let loss = hard.forward(exits, Tensor::from_ints([3; 8], &device));
/// assert!((loss.into_scalar::<f32>() - 2.0 * 10f32.ln()).abs() < 1e-5);
/// ```
///
/// # Reference
///
/// Chen-Yu Lee, Saining Xie, Patrick Gallagher, Zhengyou Zhang, Zhuowen Tu: *Deeply-Supervised Nets*, 2014,
/// arXiv:1409.5185, for labels at inner layers.
///
/// # See also
///
/// [`DeepSupervision`](crate::DeepSupervision), which lifts it over exits.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct HardLabelLoss {
    check_labels: bool,
}

impl DistillLoss<Tensor<2>, Tensor<1, Int>> for HardLabelLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<1, Int>) -> Tensor<1> {
        let [rows, classes] = student.dims();
        check::not_empty("HardLabelLoss", rows);
        check::has_classes("HardLabelLoss", classes);
        check::label_count("HardLabelLoss", &teacher, rows);
        if self.check_labels {
            check::labels("HardLabelLoss", &teacher, classes);
        }
        rows::cross_entropy(student, teacher)
    }
}

impl ModuleDisplay for HardLabelLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
