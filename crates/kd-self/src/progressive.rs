use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Int, Tensor},
};
use kd_core::{DistillLoss, Error, Labelled, check, rows};
use kd_kernels::{Divergence, divergence};

/// Configuration of a [`ProgressiveLoss`].
#[derive(Config, Debug)]
pub struct ProgressiveLossConfig {
    /// The share of the past in the target; the label gets `1 − alpha`. In `[0, 1]`.
    #[config(default = 0.8)]
    pub alpha: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl ProgressiveLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If alpha is outside `[0, 1]`.
    #[track_caller]
    pub fn init(&self) -> ProgressiveLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if alpha is outside `[0, 1]`.
    pub fn try_init(&self) -> Result<ProgressiveLoss, Error> {
        check::alpha("ProgressiveLossConfig", self.alpha)?;
        Ok(ProgressiveLoss {
            alpha: self.alpha,
            check_labels: self.check_labels,
        })
    }
}

/// The label, softened by what the student itself said of the sample an epoch ago: PS-KD (Kim et al., 2021).
///
/// ```text
/// p = softmax(past)    q = softmax(student)    y: the label
/// target = (1 − alpha) · onehot(y) + alpha · p
/// loss = KL(target ‖ q)
/// ```
///
/// A student that learns becomes a better teacher, so alpha grows with the epochs, in a straight line to its last value:
/// `alpha = 0.8 · epoch / epochs`, epochs counted from 1.
///
/// # Shapes
///
/// - student: `[rows, classes]`
/// - teacher: [`Labelled`] with the past logits `[rows, classes]` and labels `[rows]`;
///   [`PastPredictions::teach`](crate::PastPredictions::teach) makes it
/// - output of `per_sample`: `[rows]`
///
/// # Reduction
///
/// Sum over classes, mean over rows.
///
/// # Gradient
///
/// `(q − target) / rows`; none for the past.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 where the student's distribution is the target. *Not* 0 where the student says what
/// it said in the past, unless alpha is 1: the label still counts.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `alpha` | 0.8, the last epoch's | the share of the past in the target | `[0, 1]`; at 0 the past is not looked at |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// No temperature. KL, where paper and authors' code report the cross-entropy with the target: the gradient is the same,
/// and the value less by the target's entropy, so that 0 says that nothing is left to learn. Divided by rows, as the
/// authors' code does. It is also the gradient of `(1 − alpha) · CE(student, y) + alpha · KL(p ‖ q)`, Hinton's mix at T = 1.
/// Their alpha, `(epoch + 1) / end_epoch` with epochs from 0, is the one above.
///
/// # Panics
///
/// If student and past differ in shape, there are no rows or no classes, there is not one label per row, or a label is not a
/// class.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, Labelled, Schedule};
/// use kd_self::ProgressiveLossConfig;
///
/// let alpha = Schedule::linear(0.0, 0.8, 100); // 100 epochs
/// let loss = ProgressiveLossConfig::new().init().with_alpha(alpha.at(50));
/// assert_eq!(loss.alpha(), 0.4);
///
/// let device = Device::flex().autodiff();
/// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device).require_grad();
/// let past = Tensor::<2>::from_floats([[3.0, 2.0, 0.0]], &device);
/// let labels = Tensor::from_ints([0], &device);
/// let loss = loss.forward(student.clone(), Labelled::new(past, labels));
///
/// let gradient = student.grad(&loss.backward()).unwrap();
/// let gradient: Vec<f32> = gradient.into_data().try_to_vec().unwrap();
/// assert!(gradient[0] < 0.0 && gradient[1] < gradient[2]); // to the label, and less away from the second choice
/// ```
///
/// # Reference
///
/// Kyungyul Kim, ByeongMoon Ji, Doyoung Yoon, Sangheum Hwang: *Self-Knowledge Distillation with Progressive Refinement of
/// Targets*, ICCV 2021, arXiv:2006.12000, section 3.
///
/// # See also
///
/// [`PastPredictions`](crate::PastPredictions), which remembers; [`LastBatchLoss`](crate::LastBatchLoss), whose past is a
/// step ago.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct ProgressiveLoss {
    alpha: f64,
    check_labels: bool,
}

impl ProgressiveLoss {
    /// The share of the past in use.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The same loss at another alpha, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If alpha is outside `[0, 1]`.
    #[track_caller]
    pub fn with_alpha(self, alpha: f64) -> Self {
        kd_core::check::must(check::alpha("ProgressiveLoss", alpha));
        Self { alpha, ..self }
    }
}

impl DistillLoss<Tensor<2>, Labelled> for ProgressiveLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        check::labelled("ProgressiveLoss", &student, &teacher, self.check_labels);
        let student = rows::widen(student);
        let labels = teacher.labels.without_autodiff();
        let past = teacher.logits.without_autodiff().cast(student.dtype());
        // At the ends the part that does not count is left out: 0 · NaN would not be 0.
        if self.alpha == 0.0 {
            return rows::cross_entropy(student, labels);
        }
        let target = if self.alpha == 1.0 {
            past
        } else {
            mixed(past, labels, self.alpha)
        };
        divergence(student, target, Divergence::ForwardKl, 1.0)
    }
}

/// The target's logits, `log((1 − alpha) · onehot(labels) + alpha · softmax(past))`.
///
/// In log space, so that a class keeps its share however small it is.
fn mixed(past: Tensor<2>, labels: Tensor<1, Int>, alpha: f64) -> Tensor<2> {
    let log_p = rows::log_soften(past, 1.0);
    let shape = log_p.dims();
    let p_y = log_p.clone().gather(1, labels.clone().unsqueeze_dim(1)).exp();
    let of_label = (p_y * alpha + (1.0 - alpha)).log();
    let of_others = log_p + alpha.ln();
    of_others.mask_where(rows::at_label(labels, shape[1]), of_label.expand(shape))
}

impl ModuleDisplay for ProgressiveLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("alpha", &self.alpha).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let loss = ProgressiveLossConfig::new().init();
        assert_eq!(format!("{loss}"), "ProgressiveLoss {alpha: 0.8}");
    }

    #[test]
    fn an_impossible_alpha_is_an_error_that_says_what_to_do() {
        for alpha in [-0.1, 1.1, f64::NAN] {
            let error = ProgressiveLossConfig::new().with_alpha(alpha).try_init().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "ProgressiveLossConfig: alpha is {alpha}, but must be in [0, 1] (0 learns from the labels alone, 1 \
                     from the teacher alone, 0.9 is usual)"
                )
            );
        }
    }

    #[test]
    #[should_panic(expected = "ProgressiveLoss: alpha is 2")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = ProgressiveLossConfig::new().init().with_alpha(2.0);
    }
}
