use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
};
use kd_core::{DistillLoss, Error, Labelled, LossTerms, Schedule, check, rows};
use kd_soft_label::{SoftLabelLoss, SoftLabelLossConfig};

use crate::{Batch, Logits, Objective};

/// Configuration of [`SoftAndHard`].
#[derive(Config, Debug)]
pub struct SoftAndHardConfig {
    /// T: how much both distributions are flattened before they are compared, by step. Always finite and above 0.
    #[config(default = "Schedule::Constant(4.0)")]
    pub temperature: Schedule,
    /// The teacher's share of the loss, by step; the labels get `1 − alpha`. Always in `[0, 1]`.
    #[config(default = "Schedule::Constant(0.9)")]
    pub alpha: Schedule,
    /// Whether labels are checked at every step, which waits for the device.
    #[config(default = true)]
    pub check_labels: bool,
}

impl SoftAndHardConfig {
    /// Makes the objective.
    ///
    /// # Panics
    ///
    /// If a schedule leaves its range.
    #[track_caller]
    pub fn init(&self) -> SoftAndHard {
        kd_core::check::must(self.try_init())
    }

    /// Makes the objective, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a schedule leaves its range.
    pub fn try_init(&self) -> Result<SoftAndHard, Error> {
        for step in turns(&self.temperature) {
            check::temperature("SoftAndHardConfig", self.temperature.at(step))?;
        }
        for step in turns(&self.alpha) {
            check::alpha("SoftAndHardConfig", self.alpha.at(step))?;
        }
        Ok(SoftAndHard {
            temperature: self.temperature.clone(),
            alpha: self.alpha.clone(),
            check_labels: self.check_labels,
            soft: SoftLabelLossConfig::new().init(),
        })
    }
}

/// The steps at which a schedule is largest and smallest: the first, the last, and where a warm-up ends. Between them it
/// rises or falls all the way.
fn turns(schedule: &Schedule) -> Vec<usize> {
    let mut steps = vec![0, usize::MAX];
    let (mut rest, mut warm) = (schedule, 0_usize);
    while let Schedule::WarmUp { steps: more, then } = rest {
        warm = warm.saturating_add(*more);
        steps.push(warm);
        rest = then;
    }
    steps
}

/// The objective the field calls KD, for Burn's training loop: the teacher's soft labels and the true labels, mixed.
///
/// ```text
/// soft  = T² · KL(softmax(teacher / T) ‖ softmax(student / T))      term "soft", weight alpha
/// hard  = CE(student, labels)                                       term "hard", weight 1 − alpha
/// total = alpha · soft + (1 − alpha) · hard
/// ```
///
/// T and alpha are [`Schedule`]s over the optimizer's steps. It is
/// [`KnowledgeDistillationLoss`](kd_soft_label::KnowledgeDistillationLoss) with its two parts to be seen; convention, range
/// and reference stand there.
///
/// # Shapes
///
/// - student, teacher: `[rows, classes]`, or both a struct of yours with such logits in it ([`Logits`])
/// - labels: `[rows]`
///
/// # Panics
///
/// If student or teacher has no logits, they differ in shape, a label is not a class, or alpha is below 1 and the batch has no labels.
///
/// # Example
///
/// ```
/// use kd_core::Schedule;
/// use kd_train::SoftAndHardConfig;
///
/// let objective = SoftAndHardConfig::new()
///     .with_temperature(Schedule::linear(8.0, 4.0, 1000))
///     .with_alpha(Schedule::constant(0.9))
///     .init();
/// assert!(format!("{objective}").starts_with("SoftAndHard {temperature: Linear { from: 8.0, to: 4.0, steps: 1000 }"));
/// ```
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct SoftAndHard {
    #[module(skip)]
    temperature: Schedule,
    #[module(skip)]
    alpha: Schedule,
    check_labels: bool,
    soft: SoftLabelLoss,
}

impl<S: Logits, B: Batch> Objective<S, B> for SoftAndHard {
    type Taught = S;

    #[track_caller]
    fn terms(&self, student: S, teacher: S, batch: &B, step: usize) -> LossTerms {
        let (Some(student), Some(teacher)) = (student.logits(), teacher.logits()) else {
            panic!("SoftAndHard: student or teacher answers without logits; return them from `Logits::logits`");
        };
        let alpha = self.alpha.at(step);
        let soft = self.soft.clone().with_temperature(self.temperature.at(step));
        let Some(labels) = batch.labels() else {
            assert!(
                alpha == 1.0,
                "SoftAndHard: the batch has no labels, but they have {} of the loss; return them from `Batch::labels`, \
                 or set alpha to 1",
                1.0 - alpha
            );
            return LossTerms::new().with("soft", 1.0, soft.forward(student, teacher));
        };
        let teacher = Labelled::new(teacher, labels);
        check::labelled("SoftAndHard", &student, &teacher, self.check_labels);
        // Widened once, so that the two gradients are added before they are rounded.
        let student = rows::widen(student);
        LossTerms::new()
            .with("soft", alpha, soft.forward(student.clone(), teacher.logits))
            .with("hard", 1.0 - alpha, rows::cross_entropy(student, teacher.labels).mean())
    }

    /// The schedules as they are saved, which is the same in every version.
    fn mark(&self) -> String {
        format!("{} {}", saved(&self.temperature), saved(&self.alpha))
    }
}

fn saved(schedule: &Schedule) -> String {
    serde_json::to_string(schedule).expect("numbers and names can be saved")
}

impl ModuleDisplay for SoftAndHard {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &format!("{:?}", self.temperature))
            .add("alpha", &format!("{:?}", self.alpha))
            .optional()
    }
}
