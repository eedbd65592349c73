use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};
use kd_kernels::cosine_distance;

use crate::channels::channel_axis;

/// Configuration of a [`CosineLoss`].
#[derive(Config, Debug)]
pub struct CosineLossConfig {}

impl CosineLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> CosineLoss {
        CosineLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<CosineLoss, Error> {
        Ok(self.init())
    }
}

/// The angle between the vectors of student and teacher, whatever their lengths: the cosine loss of DistilBERT (Sanh and
/// others, 2019).
///
/// ```text
/// loss = 1 − student · teacher / (‖student‖ · ‖teacher‖)
/// ```
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`
/// - output of `per_sample`: `[rows]`; a token is a row of its own, a map is one row ([`samples`](rows::samples))
///
/// # Reduction
///
/// A sample or a token is one vector. A map has one at each place, along its channels; it gets the mean of its places.
/// Mean over samples.
///
/// # Gradient
///
/// Turns the student's vector and leaves its length alone; none for the teacher. It is the larger the shorter that
/// vector is, and 0 if it is zero.
///
/// # Range
///
/// From 0, where the vectors point the same way, to 2, where they are opposite. A vector of zeros has no direction: it
/// counts as perpendicular (1) to any other, and as equal (0) to another one of zeros.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// `CosineEmbeddingLoss` of PyTorch with target 1, which DistilBERT's code takes of the last hidden states of the tokens
/// that are not padding: use `forward_masked`. PyTorch adds 1e-12 to each squared length, which makes a difference to
/// very short vectors, and gives two of zeros a loss of 1.
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
/// use kd_feature::CosineLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let cosine = CosineLossConfig::new().init();
/// let student = Tensor::<2>::from_floats([[1.0, 1.0], [0.0, 2.0], [-3.0, 0.0]], &device);
/// let teacher = Tensor::<2>::from_floats([[4.0, 4.0], [7.0, 0.0], [0.5, 0.0]], &device);
/// let values: Vec<f32> = cosine.per_sample(student, teacher).into_data().try_to_vec().unwrap();
/// assert_eq!(values, [0.0, 1.0, 2.0]);
/// ```
///
/// # Reference
///
/// Victor Sanh, Lysandre Debut, Julien Chaumond, Thomas Wolf: *DistilBERT, a distilled version of BERT: smaller, faster,
/// cheaper and lighter*, 2019, arXiv:1910.01108, section 2.
///
/// # See also
///
/// [`NormalizedHintLoss`](crate::NormalizedHintLoss), which is twice this one for vectors and tokens where neither side is
/// zeros, and normalises a map as a whole.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct CosineLoss {}

impl<const D: usize> DistillLoss<Tensor<D>> for CosineLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::features("CosineLoss", &student, &teacher);
        let loss = cosine_distance(student, teacher, channel_axis::<D>());
        rows::samples(loss).mean_dim(1).squeeze_dim(1)
    }
}

of_any_rank!(CosineLoss);

impl ModuleDisplay for CosineLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
