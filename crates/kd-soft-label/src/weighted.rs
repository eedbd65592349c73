use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, Labelled, check, rows};
use kd_kernels::{Divergence, divergence};

use crate::split::Split;

/// Configuration of a [`WeightedSoftLabelLoss`].
#[derive(Config, Debug)]
pub struct WeightedSoftLabelLossConfig {
    /// T: how much both distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 2.0)]
    pub temperature: f64,
    /// What the weighted soft loss is multiplied with, beside a cross-entropy of weight 1. Finite, at least 0.
    #[config(default = 2.5)]
    pub alpha: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl WeightedSoftLabelLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite, or alpha is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> WeightedSoftLabelLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite, or alpha is negative, NaN or infinite.
    pub fn try_init(&self) -> Result<WeightedSoftLabelLoss, Error> {
        const OWNER: &str = "WeightedSoftLabelLossConfig";
        check::temperature(OWNER, self.temperature)?;
        check::weight(OWNER, "alpha", self.alpha)?;
        Ok(WeightedSoftLabelLoss {
            temperature: self.temperature,
            alpha: self.alpha,
            check_labels: self.check_labels,
        })
    }
}

/// Soft labels that count less where the student already knows the label better than its teacher (Zhou et al., 2021).
///
/// ```text
/// p = softmax(teacher / T)    q = softmax(student / T)
/// w = 1 − exp(−CE(student, labels) / CE(teacher, labels))        at T = 1, a constant
/// loss = alpha · w · T² · KL(p ‖ q)
/// ```
///
/// Soft labels lower the variance of what is learnt and add a bias, the teacher's own; w lets go of them where the bias
/// is all that is left to learn.
///
/// # Shapes
///
/// - student: `[rows, classes]`
/// - teacher: [`Labelled`] with logits `[rows, classes]` and labels `[rows]`
/// - output of `per_sample`: `[rows]`
///
/// # Reduction
///
/// Sum over classes, mean over rows; the weights are not normalised.
///
/// # Gradient
///
/// `alpha · w · T · (q − p) / rows` for each of the student's logits. None for the teacher, and none through w, so the
/// gradient is not the slope of the value.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 with gradient 0 where the two distributions are equal. w is in `[0, 1]`: 0 where
/// the student is certain of the label, even if the teacher is too (0 / 0), and 1 where only the teacher is; `1 − 1/e`
/// where both have the same cross-entropy. A label that both rule out has no weight: ∞ / ∞ is NaN.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 2 | flattens both distributions; w knows no temperature | finite, > 0 |
/// | `alpha` | 2.5 | multiplies the whole, beside a cross-entropy of weight 1 | finite, ≥ 0 |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// KL from the teacher to the student where the paper has cross-entropy (the gradient is the same, but only KL is 0 at
/// equality); with T²; divided by rows. The authors' code and mmrazor agree in gradient. Alpha weighs this loss; the
/// cross-entropy with the labels, at weight 1, is left to the training loop. mmrazor's defaults are T = 1 and weight 1.
/// The authors' code adds 1e-7 to the teacher's cross-entropy, which lowers the weights that a sure teacher gives;
/// here both cross-entropies keep their digits however small they are, and nothing is added. The authors' code also leaves
/// the teacher on the graph.
///
/// # Panics
///
/// If student and teacher differ in shape, there are no rows or no classes, there is not one label per row, or a label is
/// not a class.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, Labelled};
/// use kd_soft_label::WeightedSoftLabelLossConfig;
///
/// let wsl = WeightedSoftLabelLossConfig::new().init();
///
/// # let device = Device::flex();
/// let wrong = Tensor::<2>::from_floats([[0.0, 4.0], [4.0, 0.0]], &device);
/// let right = Tensor::<2>::from_floats([[4.0, 0.0], [0.0, 4.0]], &device);
/// let labels = Tensor::from_ints([0, 1], &device);
///
/// let from_right = wsl.forward(wrong.clone(), Labelled::new(right.clone(), labels.clone()));
/// let from_wrong = wsl.forward(right, Labelled::new(wrong, labels));
/// assert!(from_wrong.into_scalar::<f32>() < 0.01 * from_right.into_scalar::<f32>());
/// ```
///
/// # Reference
///
/// Helong Zhou, Liangchen Song, Jiajie Chen, Ye Zhou, Guoli Wang, Junsong Yuan, Qian Zhang: *Rethinking Soft Labels for
/// Knowledge Distillation: A Bias-Variance Tradeoff Perspective*, ICLR 2021, arXiv:2102.00650, section 4.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss), with weight 1 for every sample.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct WeightedSoftLabelLoss {
    temperature: f64,
    alpha: f64,
    check_labels: bool,
}

impl WeightedSoftLabelLoss {
    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// The same loss at another temperature, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn with_temperature(self, temperature: f64) -> Self {
        kd_core::check::must(check::temperature("WeightedSoftLabelLoss", temperature));
        Self { temperature, ..self }
    }
}

impl DistillLoss<Tensor<2>, Labelled> for WeightedSoftLabelLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        check::labelled("WeightedSoftLabelLoss", &student, &teacher, self.check_labels);
        let t = self.temperature;
        let student = rows::widen(student);
        let labels = teacher.labels.without_autodiff();
        let teacher = teacher.logits.without_autodiff().cast(student.dtype());

        let hard = |logits| Split::new(logits, labels.clone(), 1.0).cross_entropy();
        let w = weight(hard(student.clone().without_autodiff()), hard(teacher.clone()));
        let soft = divergence(student, teacher, Divergence::ForwardKl, t);
        w * soft * (self.alpha * t * t)
    }
}

/// `1 − exp(−student / teacher)`; a student without cross-entropy has weight 0, whatever its teacher has.
fn weight(student: Tensor<1>, teacher: Tensor<1>) -> Tensor<1> {
    let certain = student.clone().equal_elem(0.0);
    let ratio = (student / teacher).mask_fill(certain, 0.0);
    ratio.neg().exp().neg() + 1.0
}

impl ModuleDisplay for WeightedSoftLabelLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.temperature)
            .add("alpha", &self.alpha)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn numbers(tensor: Tensor<1>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn shows_what_it_is() {
        let wsl = WeightedSoftLabelLossConfig::new().init();
        assert_eq!(format!("{wsl}"), "WeightedSoftLabelLoss {temperature: 2, alpha: 2.5}");
    }

    /// A row each: student certain, teacher certain, both, equally unsure, a student that rules the label out.
    #[test]
    fn weights_at_the_ends() {
        let device = Device::flex();
        let student = Tensor::from_floats([0.0, 2.0, 0.0, 2.0, f32::INFINITY], &device);
        let teacher = Tensor::from_floats([2.0, 0.0, 0.0, 2.0, 2.0], &device);
        let weights = numbers(weight(student, teacher));
        assert_eq!(weights[..3], [0.0, 1.0, 0.0]);
        assert!((weights[3] - (1.0 - (-1f32).exp())).abs() < 1e-6);
        assert_eq!(weights[4], 1.0);
    }

    #[test]
    fn an_impossible_alpha_is_an_error_that_says_what_to_do() {
        for alpha in [-1.0, f64::NAN, f64::INFINITY] {
            let error = WeightedSoftLabelLossConfig::new()
                .with_alpha(alpha)
                .try_init()
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "WeightedSoftLabelLossConfig: alpha is {alpha}, but must be a finite number of at least 0 \
                     (0 leaves its part out)"
                )
            );
        }
    }

    #[test]
    #[should_panic(expected = "WeightedSoftLabelLossConfig: temperature is 0")]
    fn init_panics_with_the_same_words() {
        WeightedSoftLabelLossConfig::new().with_temperature(0.0).init();
    }

    #[test]
    #[should_panic(expected = "WeightedSoftLabelLoss: temperature is -1")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = WeightedSoftLabelLossConfig::new().init().with_temperature(-1.0);
    }
}
