use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, Labelled, check, rows};

use crate::split::Split;

/// Configuration of a [`NormalizedKdLoss`].
#[derive(Config, Debug)]
pub struct NormalizedKdLossConfig {
    /// T: how much the distributions over the other classes are flattened; the label's part knows none. Finite, above 0.
    #[config(default = 1.0)]
    pub temperature: f64,
    /// The weight of what the teacher says about the other classes. Finite, at least 0.
    #[config(default = 1.5)]
    pub gamma: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl NormalizedKdLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite, or gamma is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> NormalizedKdLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite, or gamma is negative, NaN or infinite.
    pub fn try_init(&self) -> Result<NormalizedKdLoss, Error> {
        const OWNER: &str = "NormalizedKdLossConfig";
        check::temperature(OWNER, self.temperature)?;
        check::weight(OWNER, "gamma", self.gamma)?;
        Ok(NormalizedKdLoss {
            temperature: self.temperature,
            gamma: self.gamma,
            check_labels: self.check_labels,
        })
    }
}

/// The label's cross-entropy, as sure as the teacher is of it, and the other classes' among themselves (Yang et al., 2023).
///
/// ```text
/// p = softmax(teacher)    q = softmax(student)    y: the label
/// p̂ = softmax(teacher / T), q̂ = softmax(student / T), both over the classes i ≠ y
/// target = −p_y · log q_y
/// others = −Σ p̂ · log q̂
/// loss = target + gamma · T² · others
/// ```
///
/// Hinton's loss asks two distributions over the other classes to agree whose sums, 1 − p_y and 1 − q_y, differ;
/// normalised, they can.
///
/// # Shapes
///
/// - student: `[rows, classes]`
/// - teacher: [`Labelled`] with logits `[rows, classes]` and labels `[rows]`
/// - output of `per_sample`: `[rows]`
///
/// # Reduction
///
/// Sum over classes, mean over rows, of both parts.
///
/// # Gradient
///
/// `p_y · (q_y − 1) / rows` for the label's logit, and for that of each other class
/// `(p_y · q_i + gamma · T · (q̂_i − p̂_i)) / rows`; none for the teacher.
///
/// # Range
///
/// At least 0 (up to rounding). *Not* 0 where student and teacher agree: both parts are cross-entropies, and the first
/// goes on until the student is certain of the label.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 1 | flattens the distributions over the other classes | finite, > 0 |
/// | `gamma` | 1.5 | the weight of `others` | finite, ≥ 0; at 0 it is left out |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// Cross-entropies, as in the paper, and not KL (the gradient is the same); T² on `others` alone, and no temperature at
/// all in `target`; divided by rows. The authors' cls_KD agrees. It adds the cross-entropy with the labels at weight 1,
/// which is left to the training loop. Copies in circulation take the label out by subtracting 1000 from its logit, which
/// fails for logits of that size; here it is −∞.
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
/// use kd_soft_label::NormalizedKdLossConfig;
///
/// let nkd = NormalizedKdLossConfig::new().init();
///
/// # let device = Device::flex().autodiff();
/// let student = Tensor::<2>::from_floats([[2.0, 1.0, 0.0]], &device).require_grad();
/// let teacher = Tensor::<2>::from_floats([[4.0, 0.0, 1.0]], &device);
/// let labels = Tensor::from_ints([0], &device);
/// let loss = nkd.forward(student.clone(), Labelled::new(teacher, labels));
///
/// let gradient = student.grad(&loss.backward()).unwrap();
/// let gradient: Vec<f32> = gradient.into_data().try_to_vec().unwrap();
/// assert!(gradient[0] < 0.0 && gradient[1] > gradient[2]); // to the label, and to the teacher's second choice
/// ```
///
/// # Reference
///
/// Zhendong Yang, Ailing Zeng, Zhe Li, Tianke Zhang, Chun Yuan, Yu Li: *From Knowledge Distillation to Self-Knowledge
/// Distillation: A Unified Approach with Normalized Loss and Customized Soft Labels*, ICCV 2023, arXiv:2303.13005,
/// section 3.
///
/// # See also
///
/// [`DecoupledKdLoss`](crate::DecoupledKdLoss), whose parts are divergences, both at the temperature.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct NormalizedKdLoss {
    temperature: f64,
    gamma: f64,
    check_labels: bool,
}

impl NormalizedKdLoss {
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
        kd_core::check::must(check::temperature("NormalizedKdLoss", temperature));
        Self { temperature, ..self }
    }
}

impl DistillLoss<Tensor<2>, Labelled> for NormalizedKdLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        check::labelled("NormalizedKdLoss", &student, &teacher, self.check_labels);
        let t = self.temperature;
        let student = rows::widen(student);
        let labels = teacher.labels.without_autodiff();
        let teacher = teacher.logits.without_autodiff().cast(student.dtype());

        let label = labels.clone().unsqueeze_dim(1);
        let p_y = rows::soften(teacher.clone(), 1.0).gather(1, label.clone());
        let q_y = rows::log_soften(student.clone(), 1.0).gather(1, label);
        let target = cross_entropy(p_y, q_y);
        if self.gamma == 0.0 {
            return target; // 0 · ∞ would not be 0
        }
        let p = Split::new(teacher, labels.clone(), t).others.exp();
        let q = Split::new(student, labels, t).others;
        target + cross_entropy(p, q) * (self.gamma * t * t)
    }
}

/// `−Σ p · log q` of each row, in which p = 0 leaves nothing even of log q = −∞.
fn cross_entropy(probs: Tensor<2>, log_probs: Tensor<2>) -> Tensor<1> {
    let absent = probs.clone().equal_elem(0.0);
    (probs * log_probs.mask_fill(absent, 0.0))
        .sum_dim(1)
        .squeeze_dim(1)
        .neg()
}

impl ModuleDisplay for NormalizedKdLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.temperature)
            .add("gamma", &self.gamma)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let nkd = NormalizedKdLossConfig::new().init();
        assert_eq!(format!("{nkd}"), "NormalizedKdLoss {temperature: 1, gamma: 1.5}");
    }

    #[test]
    fn an_impossible_gamma_is_an_error_that_says_what_to_do() {
        for gamma in [-1.0, f64::NAN, f64::INFINITY] {
            let error = NormalizedKdLossConfig::new().with_gamma(gamma).try_init().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "NormalizedKdLossConfig: gamma is {gamma}, but must be a finite number of at least 0 \
                     (0 leaves its part out)"
                )
            );
        }
    }

    #[test]
    #[should_panic(expected = "NormalizedKdLossConfig: temperature is 0")]
    fn init_panics_with_the_same_words() {
        NormalizedKdLossConfig::new().with_temperature(0.0).init();
    }

    #[test]
    #[should_panic(expected = "NormalizedKdLoss: temperature is -1")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = NormalizedKdLossConfig::new().init().with_temperature(-1.0);
    }
}
