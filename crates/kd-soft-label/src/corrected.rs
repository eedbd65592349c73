use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Int, Tensor},
};
use kd_core::{DistillLoss, Error, Labelled, check, rows};

use crate::split::Split;

/// Configuration of a [`CorrectedSoftLabelLoss`].
#[derive(Config, Debug)]
pub struct CorrectedSoftLabelLossConfig {
    /// T: how much both distributions are flattened, before the teacher's is corrected. Finite and above 0.
    #[config(default = 1.0)]
    pub temperature: f64,
    /// τ: by how much the label shall lead, or gains if it does already. In `[0, 1]`.
    #[config(default = 0.2)]
    pub threshold: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl CorrectedSoftLabelLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite, or the threshold is outside `[0, 1]`.
    #[track_caller]
    pub fn init(&self) -> CorrectedSoftLabelLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite, or the threshold is outside `[0, 1]`.
    pub fn try_init(&self) -> Result<CorrectedSoftLabelLoss, Error> {
        const OWNER: &str = "CorrectedSoftLabelLossConfig";
        check::temperature(OWNER, self.temperature)?;
        check::share(
            OWNER,
            "threshold",
            self.threshold,
            "in [0, 1] (0 only puts the label level with the teacher's choice, 1 is the label alone, 0.2 is usual)",
        )?;
        Ok(CorrectedSoftLabelLoss {
            temperature: self.temperature,
            threshold: self.threshold,
            check_labels: self.check_labels,
        })
    }
}

/// The teacher's soft labels, corrected where the teacher is wrong (*minifinetuning*: Belcak et al., 2025).
///
/// ```text
/// p = softmax(teacher / T)    q = softmax(student / T)    y: the label    τ: threshold
/// right (p_y ≥ every p_i):  p*_y = min(p_y + τ, 1)
/// wrong:                    p*_y = max p*_i + τ
/// the other p*_i keep their proportions
/// loss = T² · KL(p* ‖ q)
/// ```
///
/// The correction mixes p with the label's one-hot distribution, just enough for the lead. A model adapts to a new domain
/// with a frozen copy of itself as teacher: it learns the labels, and forgets no more than it has to.
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
/// Sum over classes, mean over rows.
///
/// # Gradient
///
/// `T · (q − p*) / rows` for each of the student's logits; none for the teacher.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 with gradient 0 where the student equals the *corrected* teacher; *not* where it
/// equals the teacher.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 1 | flattens both distributions, before the correction | finite, > 0 |
/// | `threshold` | 0.2 | τ: the label's lead, or its gain | `[0, 1]`; 0 corrects wrong teachers to a draw, 1 leaves the label alone |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// KL from the corrected teacher to the student, with T², divided by rows: the rule and the defaults are those of
/// Model-Optimizer's `MFTLoss`. A teacher that is right is corrected too, by τ, however far its label leads
/// already. Where the label shares the first place the teacher counts as right; in Model-Optimizer it depends on the order
/// of the classes. There 1e-7 is added to divisors, here nothing is.
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
/// use kd_soft_label::CorrectedSoftLabelLossConfig;
///
/// let mft = CorrectedSoftLabelLossConfig::new().with_threshold(0.25).init();
///
/// # let device = Device::flex();
/// // A wrong teacher, (3/5, 2/5) for label 1, becomes (3/8, 5/8).
/// let teacher = Tensor::<2>::from_floats([[0.6, 0.4]], &device).log();
/// let student = Tensor::<2>::from_floats([[0.375, 0.625]], &device).log();
/// let labels = Tensor::from_ints([1], &device);
/// assert!(mft.forward(student, Labelled::new(teacher, labels)).into_scalar::<f32>() < 1e-6);
/// ```
///
/// # Reference
///
/// Peter Belcak, Greg Heinrich, Jan Kautz, Pavlo Molchanov: *Minifinetuning: Low-Data Generation Domain Adaptation through
/// Corrective Self-Distillation*, 2025, arXiv:2506.15702.
///
/// # See also
///
/// [`KnowledgeDistillationLoss`](crate::KnowledgeDistillationLoss), which mixes losses, and so every label in alike.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct CorrectedSoftLabelLoss {
    temperature: f64,
    threshold: f64,
    check_labels: bool,
}

impl CorrectedSoftLabelLoss {
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
        kd_core::check::must(check::temperature("CorrectedSoftLabelLoss", temperature));
        Self { temperature, ..self }
    }

    /// log p*, `[rows, classes]`.
    fn corrected(&self, teacher: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<2> {
        let [rows, classes] = teacher.dims();
        let at_label = rows::at_label(labels.clone(), classes);
        let label = teacher.clone().gather(1, labels.clone().unsqueeze_dim(1));
        let right = label.greater_equal(teacher.clone().max_dim(1));

        let p = Split::new(teacher, labels, self.temperature);
        let [p_label, p_rest] = [0..1, 1..2].map(|column| p.target.clone().slice_dim(1, column).exp());
        let p_best = p_rest.clone() * p.others.clone().max_dim(1).exp();
        // What the correction leaves to all other classes together.
        let if_right = (p_rest.clone() - self.threshold).clamp_min(0.0);
        let if_wrong = p_rest * (1.0 - self.threshold) / (p_best - p_label + 1.0);
        let rest = if_wrong.mask_where(right, if_right);
        let corrected = (rest.clone().neg() + 1.0).log().expand([rows, classes]);
        (p.others + rest.log()).mask_where(at_label, corrected)
    }
}

impl DistillLoss<Tensor<2>, Labelled> for CorrectedSoftLabelLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        check::labelled("CorrectedSoftLabelLoss", &student, &teacher, self.check_labels);
        let t = self.temperature;
        let student = rows::widen(student);
        let labels = teacher.labels.without_autodiff();
        let teacher = teacher.logits.without_autodiff().cast(student.dtype());
        let p = self.corrected(teacher, labels);
        let q = rows::log_soften(student, t);
        rows::kl(p, q) * (t * t)
    }
}

impl ModuleDisplay for CorrectedSoftLabelLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.temperature)
            .add("threshold", &self.threshold)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    /// The corrected probabilities of one row, for label 0 and a threshold of 0.2.
    fn corrected<const N: usize>(probs: [f32; N]) -> Vec<f32> {
        let device = Device::flex();
        let logits = Tensor::<2>::from_floats([probs], &device).log();
        let mft = CorrectedSoftLabelLossConfig::new().init();
        let corrected = mft.corrected(logits, Tensor::from_ints([0], &device));
        corrected.exp().into_data().try_to_vec().unwrap()
    }

    fn assert_close(actual: &[f32], expected: &[f32]) {
        let close = actual.iter().zip(expected).all(|(a, e)| (a - e).abs() < 1e-6);
        assert!(close, "{actual:?} and not {expected:?}");
    }

    #[test]
    fn a_wrong_teacher_gives_the_label_the_lead() {
        let p = corrected([0.1, 0.5, 0.4]);
        assert!((p[0] - p[1] - 0.2).abs() < 1e-6, "{p:?}");
        assert!((p[1] / p[2] - 1.25).abs() < 1e-5, "{p:?}");
        assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{p:?}");
    }

    #[test]
    fn a_right_teacher_gains_the_threshold() {
        assert_close(&corrected([0.5, 0.3, 0.2]), &[0.7, 0.18, 0.12]);
        assert_close(&corrected([0.9, 0.06, 0.04]), &[1.0, 0.0, 0.0]);
        assert_close(&corrected([1.0, 0.0, 0.0]), &[1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_draw_counts_as_right() {
        assert_close(&corrected([0.5, 0.5]), &[0.7, 0.3]);
    }

    #[test]
    fn a_label_that_the_teacher_rules_out_leads_all_the_same() {
        assert_close(&corrected([0.0, 0.5, 0.5]), &[0.7 / 1.5, 0.4 / 1.5, 0.4 / 1.5]);
    }

    #[test]
    fn shows_what_it_is() {
        let mft = CorrectedSoftLabelLossConfig::new().init();
        assert_eq!(
            format!("{mft}"),
            "CorrectedSoftLabelLoss {temperature: 1, threshold: 0.2}"
        );
    }

    #[test]
    fn an_impossible_threshold_is_an_error_that_says_what_to_do() {
        for threshold in [-0.1, 1.1, f64::NAN] {
            let error = CorrectedSoftLabelLossConfig::new()
                .with_threshold(threshold)
                .try_init()
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "CorrectedSoftLabelLossConfig: threshold is {threshold}, but must be in [0, 1] (0 only puts the \
                     label level with the teacher's choice, 1 is the label alone, 0.2 is usual)"
                )
            );
        }
    }

    #[test]
    #[should_panic(expected = "CorrectedSoftLabelLossConfig: temperature is 0")]
    fn init_panics_with_the_same_words() {
        CorrectedSoftLabelLossConfig::new().with_temperature(0.0).init();
    }

    #[test]
    #[should_panic(expected = "CorrectedSoftLabelLoss: temperature is -1")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = CorrectedSoftLabelLossConfig::new().init().with_temperature(-1.0);
    }
}
