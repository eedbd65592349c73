use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

/// Configuration of a [`ChannelWiseLoss`].
#[derive(Config, Debug)]
pub struct ChannelWiseLossConfig {
    /// T: how much the distributions over places are flattened before they are compared. Finite and above 0.
    #[config(default = 4.0)]
    pub temperature: f64,
}

impl ChannelWiseLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> ChannelWiseLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for a temperature that comes from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite.
    pub fn try_init(&self) -> Result<ChannelWiseLoss, Error> {
        check::temperature("ChannelWiseLossConfig", self.temperature)?;
        Ok(ChannelWiseLoss {
            temperature: self.temperature,
        })
    }
}

/// Where each channel of a map looks: the divergence between distributions over places, one for each channel (Shu and
/// others, 2021).
///
/// ```text
/// p[c] = softmax over places of (teacher[c] / T)    q[c] = softmax over places of (student[c] / T)
/// loss = T² · mean over channels of KL(p[c] ‖ q[c])
/// ```
///
/// Only how a channel is spread over the map counts, not how strong it is. Made for segmentation, where it serves the
/// maps of logits as well as features.
///
/// # Shapes
///
/// - student, teacher: `[batch, channels, height, width]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Sum over places, mean over channels, mean over samples.
///
/// # Gradient
///
/// `T · (q − p) / (channels · batch)` for each of the student's numbers; none for the teacher.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 with gradient 0 where the distributions are equal. A map of one place has but one
/// distribution, and so has a constant channel: two constant channels are equal, whatever their constants.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 4 | flattens both distributions | finite, > 0 |
///
/// # Convention
///
/// With T², `KL(teacher ‖ student)`, divided by channels and by the batch, as the paper's equation and mmrazor do. The
/// default is the paper's T; mmrazor's is 1. Copies in circulation add 1e-7 inside the logarithm; here there is none.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no samples or no numbers in them. `init` panics if the
/// temperature is 0, negative, NaN or infinite.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::ChannelWiseLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let cwd = ChannelWiseLossConfig::new().init();
/// let teacher = Tensor::<4>::from_floats([[[[0.0, 8.0], [4.0, 0.0]]]], &device);
/// // As spread over the map as the teacher, if not as strong.
/// let student = teacher.clone() - 3.0;
/// assert!(cwd.forward(student, teacher.clone()).into_scalar::<f32>() < 1e-6);
/// // It looks at another place.
/// assert!(cwd.forward(teacher.clone().flip([2]), teacher).into_scalar::<f32>() > 1.0);
/// ```
///
/// # Reference
///
/// Changyong Shu, Yifan Liu, Jianfei Gao, Zheng Yan, Chunhua Shen: *Channel-wise Knowledge Distillation for Dense
/// Prediction*, 2021, arXiv:2011.13256.
///
/// # See also
///
/// [`HintLoss`](crate::HintLoss), which compares the numbers themselves.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct ChannelWiseLoss {
    temperature: f64,
}

impl ChannelWiseLoss {
    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// `log softmax` over places, a row for each channel of each sample.
    fn log_probs(&self, map: Tensor<4>) -> Tensor<2> {
        rows::log_soften(map.flatten::<3>(2, 3).flatten(0, 1), self.temperature)
    }
}

impl DistillLoss<Tensor<4>> for ChannelWiseLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        check::features("ChannelWiseLoss", &student, &teacher);
        let [batch, channels, ..] = student.dims();
        let student = rows::widen(student);
        let teacher = teacher.without_autodiff().cast(student.dtype());
        let p = self.log_probs(teacher);
        let q = self.log_probs(student);
        let of_channels = rows::kl(p, q).reshape([batch, channels]);
        of_channels.mean_dim(1).squeeze_dim(1) * self.temperature.powi(2)
    }
}

of_maps!(ChannelWiseLoss);

impl ModuleDisplay for ChannelWiseLoss {
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
        let cwd = ChannelWiseLossConfig::new().init();
        assert_eq!(format!("{cwd}"), "ChannelWiseLoss {temperature: 4}");
    }

    #[test]
    fn an_impossible_temperature_is_an_error_that_says_what_to_do() {
        let error = ChannelWiseLossConfig::new()
            .with_temperature(0.0)
            .try_init()
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("ChannelWiseLossConfig: temperature is 0, but must be")
        );
    }
}
