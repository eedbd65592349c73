use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Device, Tensor, activation::log_softmax},
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::{CtkdTemperature, CtkdTemperatureConfig};

/// Configuration of a [`CtkdLoss`].
#[derive(Config, Debug)]
pub struct CtkdLossConfig {
    /// The temperature that is learned.
    #[config(default = "CtkdTemperatureConfig::new()")]
    pub temperature: CtkdTemperatureConfig,
    /// λ: how strongly the temperature works against the student. Finite and at least 0.
    #[config(default = 1.0)]
    pub strength: f64,
}

impl CtkdLossConfig {
    /// Makes the loss, its parameter on `device`.
    ///
    /// # Panics
    ///
    /// If the strength is negative, NaN or infinite, or the temperature cannot be made.
    #[track_caller]
    pub fn init(&self, device: &Device) -> CtkdLoss {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the strength is negative, NaN or infinite, or the temperature cannot be made.
    pub fn try_init(&self, device: &Device) -> Result<CtkdLoss, Error> {
        check::weight("CtkdLossConfig", "strength", self.strength)?;
        Ok(CtkdLoss {
            temperature: self.temperature.try_init(device)?,
            strength: self.strength,
        })
    }
}

/// Hinton's loss at a temperature that is learned to make it harder: curriculum temperature (Li and others, 2023).
///
/// ```text
/// T = start + range · σ(θ)
/// p = softmax(teacher / T)    q = softmax(student / T)
/// loss = T² · KL(p ‖ q)
/// ```
///
/// The student descends, θ ascends: its gradient is reversed and multiplied by λ, which rises from 0 to 1 over the
/// first epochs, so that the task gets harder as the student gets better.
///
/// The loss owns a parameter. Make it a field of the module that the optimizer trains, or θ stays where it is.
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
/// `T · (q − p) / rows` for each of the student's logits; `−λ` times the slope of the loss for θ, by way of T², of q
/// and of p, which both are at T; none for the teacher.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 with gradient 0 where the two distributions are equal.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | T from 1 to 21 | the learned temperature | a [`CtkdTemperatureConfig`] |
/// | `strength` | 1 | λ | finite, ≥ 0; at 0 T stays as it is |
///
/// # Convention
///
/// Forward KL with T², divided by rows, as the authors' code has it; T² is differentiated too. λ is positive here and
/// the reversal is in the loss; the authors' code counts λ from 0 to −1. TAID's copy has λ from 0 to 1 and no reversal,
/// so that its temperature descends with the student. The paper's λ is `Schedule::cosine(0.0, 1.0, 10)`, in epochs.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no rows or no classes.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, Schedule};
/// use kd_soft_label::CtkdLossConfig;
///
/// let device = Device::flex().autodiff();
/// let ctkd = CtkdLossConfig::new().init(&device);
/// let strength = Schedule::cosine(0.0, 1.0, 10);
///
/// let student = Tensor::<2>::from_floats([[2.0, 1.0, 0.0]], &device).require_grad();
/// let teacher = Tensor::<2>::from_floats([[4.0, 0.0, 0.0]], &device);
/// let ctkd = ctkd.with_strength(strength.at(5)); // the sixth epoch
/// let gradients = ctkd.forward(student.clone(), teacher).backward();
///
/// assert!(student.grad(&gradients).is_some());
/// assert!(ctkd.temperature.theta.val().grad(&gradients).is_some());
/// ```
///
/// # Reference
///
/// Zheng Li, Xiang Li, Lingfeng Yang, Borui Zhao, Renjie Song, Lei Luo, Jun Li, Jian Yang: *Curriculum Temperature for
/// Knowledge Distillation*, 2023, arXiv:2211.16231, section 3.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss) at a temperature of your own; a [`Schedule`](kd_core::Schedule) for one that
/// changes as you say.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct CtkdLoss {
    /// The temperature that is learned.
    pub temperature: CtkdTemperature,
    strength: f64,
}

impl CtkdLoss {
    /// The λ in use.
    pub fn strength(&self) -> f64 {
        self.strength
    }

    /// The same loss, parameter included, at another λ, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If the strength is negative, NaN or infinite.
    #[track_caller]
    pub fn with_strength(self, strength: f64) -> Self {
        kd_core::check::must(check::weight("CtkdLoss", "strength", strength));
        Self { strength, ..self }
    }
}

impl<const D: usize> DistillLoss<Tensor<D>> for CtkdLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::logits("CtkdLoss", &student, &teacher);
        let student = rows::widen(rows::flatten_rows(student));
        let teacher = rows::flatten_rows(teacher.without_autodiff()).cast(student.dtype());
        let t = self.temperature.reversed(self.strength, &student);
        let p = log_softened(teacher, t.clone());
        let q = log_softened(student, t.clone());
        rows::kl(p, q) * t.square()
    }
}

/// [`rows::log_soften`] at a temperature that gets a gradient.
fn log_softened(logits: Tensor<2>, t: Tensor<1>) -> Tensor<2> {
    // The slope of T is a sum over logits, and 0 · −∞ is not a number.
    let absent = logits.clone().equal_elem(f64::NEG_INFINITY);
    let tempered = logits.mask_fill(absent.clone(), 0.0) * t.recip().unsqueeze();
    log_softmax(tempered.mask_fill(absent, f64::NEG_INFINITY), 1)
}

impl ModuleDisplay for CtkdLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.temperature)
            .add("strength", &self.strength)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let ctkd = CtkdLossConfig::new().init(&Device::flex());
        assert_eq!(
            format!("{ctkd}"),
            "CtkdLoss {temperature: CtkdTemperature {start: 1, range: 20, params: 1}, strength: 1, params: 1}"
        );
    }

    #[test]
    #[should_panic(
        expected = "CtkdLoss: strength is -1, but must be a finite number of at least 0 (0 leaves its part out)"
    )]
    fn a_schedule_cannot_turn_the_sign() {
        let _ = CtkdLossConfig::new().init(&Device::flex()).with_strength(-1.0);
    }
}
