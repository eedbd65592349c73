use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::unit::unit_distance;

/// Configuration of a [`NormalizedHintLoss`].
#[derive(Config, Debug)]
pub struct NormalizedHintLossConfig {}

impl NormalizedHintLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> NormalizedHintLoss {
        NormalizedHintLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<NormalizedHintLoss, Error> {
        Ok(self.init())
    }
}

/// Squared distance of the features after each sample's were brought to length 1: patient distillation (Sun and others,
/// 2019).
///
/// ```text
/// loss = ‖student / ‖student‖ − teacher / ‖teacher‖‖²
/// ```
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`
/// - output of `per_sample`: `[rows]`; a token is a row of its own, a map is one row ([`samples`](rows::samples))
///
/// # Reduction
///
/// Sum over a sample's numbers, of which all together have length 1; mean over samples.
///
/// # Gradient
///
/// Turns the student's features and leaves their length alone; none for the teacher. It is the larger the shorter they
/// are, and 0 if they are zero.
///
/// # Range
///
/// From 0, where the features are equal but for their length, to 4, where they are opposite. Features of zeros stay zero:
/// the distance is 1 to any other, and 0 to others of zeros.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// Squared and summed, as the paper has it. The authors' code takes the mean over hidden units in place of the sum (÷ 768
/// for BERT-Base). There it compares the `[CLS]` token of several layers: cut that token out of `[batch, seq, hidden]`, and
/// add one term for each layer.
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
/// use kd_feature::NormalizedHintLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let patient = NormalizedHintLossConfig::new().init();
/// let student = Tensor::<2>::from_floats([[1.0, 1.0], [0.0, 2.0], [-3.0, 0.0]], &device);
/// let teacher = Tensor::<2>::from_floats([[4.0, 4.0], [7.0, 0.0], [0.5, 0.0]], &device);
/// let values: Vec<f32> = patient.per_sample(student, teacher).into_data().try_to_vec().unwrap();
/// assert_eq!(values, [0.0, 2.0, 4.0]);
/// ```
///
/// # Reference
///
/// Siqi Sun, Yu Cheng, Zhe Gan, Jingjing Liu: *Patient Knowledge Distillation for BERT Model Compression*, 2019,
/// arXiv:1908.09355, section 3.
///
/// # See also
///
/// [`CosineLoss`](crate::CosineLoss), half of this one for vectors and tokens where neither side is zeros, which compares a
/// map place by place; [`HintLoss`](crate::HintLoss), which wants the length as well.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct NormalizedHintLoss {}

impl<const D: usize> DistillLoss<Tensor<D>> for NormalizedHintLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::features("NormalizedHintLoss", &student, &teacher);
        unit_distance(rows::samples(student), rows::samples(teacher), 1).squeeze_dim(1)
    }
}

of_any_rank!(NormalizedHintLoss);

impl ModuleDisplay for NormalizedHintLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
