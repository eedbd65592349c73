use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, Labelled, check, rows};

use crate::{SoftLabelLoss, SoftLabelLossConfig};

/// Configuration of a [`KnowledgeDistillationLoss`].
#[derive(Config, Debug)]
pub struct KnowledgeDistillationLossConfig {
    /// T: how much both distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 4.0)]
    pub temperature: f64,
    /// The teacher's share of the loss; the labels get `1 − alpha`. In `[0, 1]`.
    #[config(default = 0.9)]
    pub alpha: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl KnowledgeDistillationLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite, or alpha is outside `[0, 1]`.
    #[track_caller]
    pub fn init(&self) -> KnowledgeDistillationLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite, or alpha is outside `[0, 1]`.
    pub fn try_init(&self) -> Result<KnowledgeDistillationLoss, Error> {
        check::temperature("KnowledgeDistillationLossConfig", self.temperature)?;
        check::alpha("KnowledgeDistillationLossConfig", self.alpha)?;
        Ok(KnowledgeDistillationLoss {
            soft: SoftLabelLossConfig::new()
                .with_temperature(self.temperature)
                .try_init()?,
            alpha: self.alpha,
            check_labels: self.check_labels,
        })
    }
}

/// The objective the field calls KD: the true labels and the teacher's soft labels, mixed.
///
/// ```text
/// hard = CE(student, labels)
/// soft = T² · KL(softmax(teacher / T) ‖ softmax(student / T))
/// loss = (1 − alpha) · hard + alpha · soft
/// ```
///
/// # Shapes
///
/// - student: `[rows, classes]`
/// - teacher: [`Labelled`] with logits `[rows, classes]` and labels `[rows]`; a language model's `[batch, seq, vocab]`
///   goes through [`rows::flatten_rows`] first
/// - output of `per_sample`: `[rows]`
///
/// # Reduction
///
/// Mean over rows, of both parts.
///
/// # Gradient
///
/// `((1 − alpha) · (softmax(student) − onehot(labels)) + alpha · T · (q − p)) / rows`; none for the teacher.
///
/// # Range
///
/// At least 0. *Not* 0 where student and teacher agree, unless alpha is 1: the labels still count.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 4 | flattens both distributions in `soft` | finite, > 0; 2 to 20 are usual |
/// | `alpha` | 0.9 | the teacher's share | `[0, 1]`; at 0 and 1 the other part is not even computed |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// Alpha is the weight of the *soft* part; torchdistill and Keras put it on the hard one. The paper speaks of a
/// weighted average, with considerably less weight on the hard part. The cross-entropy is at temperature 1
/// (neural-compressor and some others temper it). Defaults are those of RepDistiller and mdistiller (T = 4, 0.1 · CE +
/// 0.9 · KD).
///
/// # Panics
///
/// If student and teacher differ in shape, there are no rows or no classes, there is not one label per row, or a label
/// is not a class.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, Labelled};
/// use kd_soft_label::KnowledgeDistillationLossConfig;
///
/// let kd = KnowledgeDistillationLossConfig::new()
///     .with_temperature(4.0)
///     .with_alpha(0.9)
///     .init();
///
/// # let device = Device::flex().autodiff();
/// let student = Tensor::<2>::from_floats([[2.0, 1.0, 0.0]], &device).require_grad();
/// let teacher = Tensor::<2>::from_floats([[4.0, 0.0, 0.0]], &device);
/// let labels = Tensor::from_ints([0], &device);
///
/// let loss = kd.forward(student.clone(), Labelled::new(teacher, labels));
/// assert!(student.grad(&loss.backward()).is_some());
/// ```
///
/// # Reference
///
/// Geoffrey Hinton, Oriol Vinyals, Jeff Dean: *Distilling the Knowledge in a Neural Network*, 2015, arXiv:1503.02531,
/// section 2.
///
/// # See also
///
/// [`SoftLabelLoss`] alone; [`LossTerms`](kd_core::LossTerms), to mix and log the two parts yourself.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct KnowledgeDistillationLoss {
    soft: SoftLabelLoss,
    alpha: f64,
    check_labels: bool,
}

impl KnowledgeDistillationLoss {
    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.soft.temperature()
    }

    /// The teacher's share in use.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The same loss at another temperature, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn with_temperature(self, temperature: f64) -> Self {
        Self {
            soft: self.soft.with_temperature(temperature),
            ..self
        }
    }

    /// The same loss at another alpha, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If alpha is outside `[0, 1]`.
    #[track_caller]
    pub fn with_alpha(self, alpha: f64) -> Self {
        kd_core::check::must(check::alpha("KnowledgeDistillationLoss", alpha));
        Self { alpha, ..self }
    }
}

impl DistillLoss<Tensor<2>, Labelled> for KnowledgeDistillationLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        check::labelled("KnowledgeDistillationLoss", &student, &teacher, self.check_labels);
        let soft = |student| self.soft.per_sample(student, teacher.logits);
        let hard = |student| rows::cross_entropy(student, teacher.labels);
        // At the ends the part that does not count is left out: 0 · ∞ would not be 0.
        if self.alpha == 1.0 {
            soft(student)
        } else if self.alpha == 0.0 {
            hard(student)
        } else {
            // Widened once, so that the two gradients are added before they are rounded.
            let student = rows::widen(student);
            hard(student.clone()) * (1.0 - self.alpha) + soft(student) * self.alpha
        }
    }
}

impl ModuleDisplay for KnowledgeDistillationLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.soft.temperature())
            .add("alpha", &self.alpha)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let kd = KnowledgeDistillationLossConfig::new().init();
        assert_eq!(
            format!("{kd}"),
            "KnowledgeDistillationLoss {temperature: 4, alpha: 0.9}"
        );
    }

    #[test]
    fn an_impossible_alpha_is_an_error_that_says_what_to_do() {
        for alpha in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            let error = KnowledgeDistillationLossConfig::new()
                .with_alpha(alpha)
                .try_init()
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "KnowledgeDistillationLossConfig: alpha is {alpha}, but must be in [0, 1] (0 learns from the \
                     labels alone, 1 from the teacher alone, 0.9 is usual)"
                )
            );
        }
    }

    #[test]
    #[should_panic(expected = "KnowledgeDistillationLoss: alpha is 2")]
    fn a_schedule_cannot_leave_the_range() {
        let kd = KnowledgeDistillationLossConfig::new().init();
        let _ = kd.with_alpha(2.0);
    }

    #[test]
    #[should_panic(expected = "temperature is NaN")]
    fn init_panics_with_the_same_words() {
        KnowledgeDistillationLossConfig::new().with_temperature(f64::NAN).init();
    }
}
