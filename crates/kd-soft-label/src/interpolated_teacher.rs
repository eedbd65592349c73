use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};
use kd_kernels::{Divergence, divergence};

/// Configuration of a [`TaidLoss`].
#[derive(Config, Debug)]
pub struct TaidLossConfig {
    /// How far the target is on its way from the student (0) to the teacher (1). In `[0, 1]`.
    #[config(default = 0.4)]
    pub t: f64,
}

impl TaidLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If t is outside `[0, 1]`.
    #[track_caller]
    pub fn init(&self) -> TaidLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if t is outside `[0, 1]`.
    pub fn try_init(&self) -> Result<TaidLoss, Error> {
        check::share("TaidLossConfig", "t", self.t, "in [0, 1]")?;
        Ok(TaidLoss { t: self.t })
    }
}

/// A target between student and teacher, which moves to the teacher as training goes on: temporally adaptive
/// interpolated distillation (Shing and others, 2025).
///
/// ```text
/// p = softmax((1 − t) · constant(student) + t · teacher)    q = softmax(student)
/// loss = KL(p ‖ q)
/// ```
///
/// A student far smaller than its teacher is first asked for what is within its reach.
/// [`TaidSchedule`](crate::TaidSchedule) moves t.
///
/// # Shapes
///
/// - student, teacher: `[..., classes]`, for example `[batch, classes]` or `[batch, seq, vocab]`
/// - output of `per_sample`: `[rows]`, where rows is the product of all axes but the last
///
/// # Reduction
///
/// Sum over classes, mean over rows.
///
/// # Gradient
///
/// `(q − p) / rows` for each of the student's logits: the student in p is a constant. None for the teacher. It is not
/// the slope of the value, in which p moves along with the student.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 with gradient 0 where student and teacher are equal, or t is 0.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `t` | 0.4 | the teacher's share of the target | `[0, 1]`; 1 is [`SoftLabelLoss`](crate::SoftLabelLoss) at T = 1 |
///
/// # Convention
///
/// KL, as the paper's equations say; the authors' code computes the cross-entropy with p, whose gradient is the same
/// but whose value holds the entropy of p, and feeds that to its schedule. *Logits* are interpolated, not
/// probabilities. No temperature, so no T²; divided by rows. A class that one side rules out with −∞ is ruled out of
/// the target, unless t leaves that side out.
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
/// use kd_soft_label::{TaidLossConfig, TaidScheduleConfig};
///
/// # let device = Device::flex().autodiff();
/// let student = Tensor::<2>::from_floats([[2.0, 1.0, 0.0]], &device).require_grad();
/// let teacher = Tensor::<2>::from_floats([[0.0, 1.0, 4.0]], &device);
///
/// let mut schedule = TaidScheduleConfig::new().init();
/// let taid = TaidLossConfig::new().init();
/// let mut values = vec![];
/// for step in 0..3 {
///     let loss = taid.clone().with_t(schedule.t()).forward(student.clone(), teacher.clone());
///     values.push(loss.into_scalar::<f64>());
///     schedule.update(values[step], step, 3);
/// }
/// assert!(values[2] > values[0]); // the same student, a target further away
/// ```
///
/// # Reference
///
/// Makoto Shing, Kou Misaki, Han Bao, Sho Yokoi, Takuya Akiba: *TAID: Temporally Adaptive Interpolated Distillation for
/// Efficient Knowledge Transfer in Language Models*, 2025, arXiv:2501.16937, section 3.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss) for a target that stays where it is.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct TaidLoss {
    t: f64,
}

impl TaidLoss {
    /// The teacher's share in use.
    pub fn t(&self) -> f64 {
        self.t
    }

    /// The same loss at another t, for example the next one of a [`TaidSchedule`](crate::TaidSchedule).
    ///
    /// # Panics
    ///
    /// If t is outside `[0, 1]`.
    #[track_caller]
    pub fn with_t(self, t: f64) -> Self {
        TaidLossConfig { t }.init()
    }
}

impl<const D: usize> DistillLoss<Tensor<D>> for TaidLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::logits("TaidLoss", &student, &teacher);
        let student = rows::widen(rows::flatten_rows(student));
        let teacher = rows::flatten_rows(teacher.without_autodiff()).cast(student.dtype());
        let target = self.target(student.clone().without_autodiff(), teacher);
        divergence(student, target, Divergence::ForwardKl, 1.0)
    }
}

impl TaidLoss {
    fn target(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<2> {
        // At the ends the other side is left out: 0 · −∞ would not be 0.
        if self.t == 0.0 {
            student
        } else if self.t == 1.0 {
            teacher
        } else {
            student * (1.0 - self.t) + teacher * self.t
        }
    }
}

impl ModuleDisplay for TaidLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("t", &self.t).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let taid = TaidLossConfig::new().init();
        assert_eq!(format!("{taid}"), "TaidLoss {t: 0.4}");
    }

    #[test]
    fn an_impossible_t_is_an_error_that_says_what_to_do() {
        for t in [-0.1, 1.1, f64::NAN] {
            let error = TaidLossConfig { t }.try_init().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("TaidLossConfig: t is {t}, but must be in [0, 1]")
            );
        }
    }
}
