use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
};
use kd_core::{Error, check};
use kd_kernels::Divergence;

use crate::divergence_loss::{on_logits, squared};

/// Configuration of a [`SoftLabelLoss`].
#[derive(Config, Debug)]
pub struct SoftLabelLossConfig {
    /// T: how much both distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 4.0)]
    pub temperature: f64,
}

impl SoftLabelLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> SoftLabelLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite.
    pub fn try_init(&self) -> Result<SoftLabelLoss, Error> {
        check::temperature("SoftLabelLossConfig", self.temperature)?;
        Ok(SoftLabelLoss {
            temperature: self.temperature,
        })
    }
}

/// The teacher's softened probabilities as targets for the student's (Hinton, Vinyals & Dean, 2015).
///
/// ```text
/// p = softmax(teacher / T)    q = softmax(student / T)
/// loss = T² · KL(p ‖ q)
/// ```
///
/// A temperature above 1 lifts what the teacher thinks of the wrong classes to where the student can see it; the factor
/// T² keeps the gradient's size about the same whatever T is.
///
/// # Shapes
///
/// - student, teacher: `[..., classes]`, for example `[batch, classes]` or `[batch, seq, vocab]`
/// - output of `per_sample`: `[rows]`, where rows is the product of all axes but the last
/// - [`LinearLogits`](kd_core::LinearLogits) in place of logits: `forward` and `forward_masked` never make all of them
///
/// # Reduction
///
/// Sum over classes, mean over rows: what PyTorch calls `batchmean` for `[batch, classes]`. Nothing is divided by the
/// number of classes.
///
/// # Gradient
///
/// `T · (q − p) / rows` for each of the student's logits; none for the teacher.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 with gradient 0 where the two distributions are equal, which they are if the
/// logits differ by a constant only. As T → ∞ it becomes half the mean squared difference of the centred logits,
/// `Σ (z̄_student − z̄_teacher)² / (2 · classes)`.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 4 | flattens both distributions | finite, > 0; 2 to 20 are usual |
///
/// # Convention
///
/// KL and not cross-entropy (the gradient is the same, but only KL is 0 at equality); from the teacher to the student
/// (*forward* KL); with T²; divided by rows. So do RepDistiller, mdistiller, the DistilBERT scripts and Keras.
/// *Without* T² are TextBrewer, Liger and TRL: multiply their weight by 1/T² here. Divided by rows *and* classes are
/// Model-Optimizer's default, neural-compressor, Tf-KD, TinyBERT and DeiT: divide their weight by `classes` here.
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
/// use kd_soft_label::SoftLabelLossConfig;
///
/// let kd = SoftLabelLossConfig::new().with_temperature(4.0).init();
///
/// let device = Device::flex().autodiff();
/// let student = Tensor::<2>::from_floats([[2.0, 1.0, 0.0]], &device).require_grad();
/// let teacher = Tensor::<2>::from_floats([[4.0, 0.0, 0.0]], &device);
/// let loss = kd.forward(student.clone(), teacher);
///
/// let gradient = student.grad(&loss.backward()).unwrap();
/// let gradient: Vec<f32> = gradient.into_data().try_to_vec().unwrap();
/// assert!(gradient[0] < 0.0 && gradient[1] > 0.0); // towards the teacher's first class
/// ```
///
/// # Reference
///
/// Geoffrey Hinton, Oriol Vinyals, Jeff Dean: *Distilling the Knowledge in a Neural Network*, 2015, arXiv:1503.02531,
/// section 2, equations 1 to 4.
///
/// # See also
///
/// [`KnowledgeDistillationLoss`](crate::KnowledgeDistillationLoss), which mixes in the true labels.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct SoftLabelLoss {
    temperature: f64,
}

impl SoftLabelLoss {
    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// The same loss at another temperature, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// ```
    /// use kd_core::Schedule;
    /// use kd_soft_label::SoftLabelLossConfig;
    ///
    /// let kd = SoftLabelLossConfig::new().init();
    /// let temperature = Schedule::linear(20.0, 4.0, 100);
    /// assert_eq!(kd.with_temperature(temperature.at(50)).temperature(), 12.0);
    /// ```
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn with_temperature(self, temperature: f64) -> Self {
        SoftLabelLossConfig { temperature }.init()
    }
}

on_logits!(SoftLabelLoss, |_| Divergence::ForwardKl, squared);

impl ModuleDisplay for SoftLabelLoss {
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
    fn shows_what_it_is() {
        let kd = SoftLabelLossConfig::new().with_temperature(2.5).init();
        assert_eq!(format!("{kd}"), "SoftLabelLoss {temperature: 2.5}");
    }

    #[test]
    fn the_config_survives_serde() {
        let config = SoftLabelLossConfig::new().with_temperature(2.5);
        let json = burn::config::config_to_json(&config);
        let again = SoftLabelLossConfig::load_binary(json.as_bytes()).unwrap();
        assert_eq!(again.temperature, 2.5);
    }

    #[test]
    fn an_impossible_temperature_is_an_error_that_says_what_to_do() {
        for temperature in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = SoftLabelLossConfig { temperature }.try_init().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "SoftLabelLossConfig: temperature is {temperature}, but must be a finite number above 0 \
                     (1 leaves the teacher as it is, 2 to 20 are usual)"
                )
            );
        }
    }

    #[test]
    #[should_panic(expected = "SoftLabelLossConfig: temperature is 0")]
    fn init_panics_with_the_same_words() {
        SoftLabelLossConfig::new().with_temperature(0.0).init();
    }
}
