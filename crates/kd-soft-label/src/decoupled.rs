use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, Labelled, check, rows};

use crate::split::Split;

/// Configuration of a [`DecoupledKdLoss`].
#[derive(Config, Debug)]
pub struct DecoupledKdLossConfig {
    /// T: how much both distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 4.0)]
    pub temperature: f64,
    /// The weight of what the teacher says about the label. Finite, at least 0.
    #[config(default = 1.0)]
    pub alpha: f64,
    /// The weight of what the teacher says about the other classes. Finite, at least 0.
    #[config(default = 8.0)]
    pub beta: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl DecoupledKdLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite, or alpha or beta is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> DecoupledKdLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite, or alpha or beta is negative, NaN or
    /// infinite.
    pub fn try_init(&self) -> Result<DecoupledKdLoss, Error> {
        const OWNER: &str = "DecoupledKdLossConfig";
        check::temperature(OWNER, self.temperature)?;
        check::weight(OWNER, "alpha", self.alpha)?;
        check::weight(OWNER, "beta", self.beta)?;
        Ok(DecoupledKdLoss {
            temperature: self.temperature,
            alpha: self.alpha,
            beta: self.beta,
            check_labels: self.check_labels,
        })
    }
}

/// What the teacher says about the label, and about the other classes, each with a weight of its own (Zhao et al., 2022).
///
/// ```text
/// p = softmax(teacher / T)    q = softmax(student / T)    y: the label    p̂, q̂: p, q over the classes i ≠ y
/// target = KL((p_y, 1 − p_y) ‖ (q_y, 1 − q_y))
/// others = KL(p̂ ‖ q̂)
/// loss = T² · (alpha · target + beta · others)
/// ```
///
/// Hinton's loss is `T² · (target + (1 − p_y) · others)`: the surer the teacher, the less it says about the other
/// classes. Here their weight no longer depends on how sure it is. The paper calls the parts TCKD and NCKD.
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
/// `T · alpha · (q_y − p_y) / rows` for the label's logit, and for that of each other class
/// `T · (alpha · q̂_i · (p_y − q_y) + beta · (q̂_i − p̂_i)) / rows`; none for the teacher.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 with gradient 0 where the two distributions are equal.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 4 | flattens both distributions | finite, > 0 |
/// | `alpha` | 1 | the weight of `target` | finite, ≥ 0; at 0 it is left out |
/// | `beta` | 8 | the weight of `others` | finite, ≥ 0; at 0 it is left out; the authors' configurations have 2, 6 and 8 |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// KL from the teacher to the student, with T² on both parts, divided by rows: the authors' mdistiller agrees. It adds
/// the cross-entropy with the labels at weight 1, and multiplies this loss by `min(epoch / 20, 1)`; both are left to the
/// training loop. mdistiller takes the label out by subtracting 1000 from its logit, which fails for logits of that size,
/// and takes logarithms of `1 − p_y`, which is 0 in f32 for a sure teacher; here everything is in log space. mmrazor's
/// version sums over rows whatever its `reduction` says.
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
/// use kd_soft_label::DecoupledKdLossConfig;
///
/// let dkd = DecoupledKdLossConfig::new().with_beta(2.0).init();
///
/// # let device = Device::flex().autodiff();
/// let student = Tensor::<2>::from_floats([[2.0, 1.0, 0.0]], &device).require_grad();
/// let teacher = Tensor::<2>::from_floats([[4.0, 0.0, 0.0]], &device);
/// let labels = Tensor::from_ints([0], &device);
/// let loss = dkd.forward(student.clone(), Labelled::new(teacher, labels));
///
/// let gradient = student.grad(&loss.backward()).unwrap();
/// let gradient: Vec<f32> = gradient.into_data().try_to_vec().unwrap();
/// assert!(gradient[0] < 0.0 && gradient[1] > gradient[2]); // to the label, and to a tie of the others
/// ```
///
/// # Reference
///
/// Borui Zhao, Quan Cui, Renjie Song, Yiyu Qiu, Jiajun Liang: *Decoupled Knowledge Distillation*, CVPR 2022,
/// arXiv:2203.08679, section 3.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss), where the parts are coupled; [`NormalizedKdLoss`](crate::NormalizedKdLoss),
/// which also takes the label out, and keeps cross-entropies.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct DecoupledKdLoss {
    temperature: f64,
    alpha: f64,
    beta: f64,
    check_labels: bool,
}

impl DecoupledKdLoss {
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
        kd_core::check::must(check::temperature("DecoupledKdLoss", temperature));
        Self { temperature, ..self }
    }
}

impl DistillLoss<Tensor<2>, Labelled> for DecoupledKdLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        check::labelled("DecoupledKdLoss", &student, &teacher, self.check_labels);
        let t = self.temperature;
        let student = rows::widen(student);
        let labels = teacher.labels.without_autodiff();
        let teacher = teacher.logits.without_autodiff().cast(student.dtype());
        let p = Split::new(teacher, labels.clone(), t);
        let q = Split::new(student, labels, t);
        let target = || rows::kl(p.target, q.target);
        let others = || rows::kl(p.others, q.others);
        // A part that does not count is left out: 0 · ∞ would not be 0.
        let loss = match (self.alpha, self.beta) {
            (alpha, 0.0) => target() * alpha,
            (0.0, beta) => others() * beta,
            (alpha, beta) => target() * alpha + others() * beta,
        };
        loss * (t * t)
    }
}

impl ModuleDisplay for DecoupledKdLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.temperature)
            .add("alpha", &self.alpha)
            .add("beta", &self.beta)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let dkd = DecoupledKdLossConfig::new().init();
        assert_eq!(format!("{dkd}"), "DecoupledKdLoss {temperature: 4, alpha: 1, beta: 8}");
    }

    #[test]
    fn an_impossible_weight_is_an_error_that_says_what_to_do() {
        let config = DecoupledKdLossConfig::new;
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            for (name, config) in [
                ("alpha", config().with_alpha(weight)),
                ("beta", config().with_beta(weight)),
            ] {
                assert_eq!(
                    config.try_init().unwrap_err().to_string(),
                    format!(
                        "DecoupledKdLossConfig: {name} is {weight}, but must be a finite number of at least 0 \
                         (0 leaves its part out)"
                    )
                );
            }
        }
    }

    #[test]
    #[should_panic(expected = "DecoupledKdLossConfig: temperature is 0")]
    fn init_panics_with_the_same_words() {
        DecoupledKdLossConfig::new().with_temperature(0.0).init();
    }

    #[test]
    #[should_panic(expected = "DecoupledKdLoss: temperature is -1")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = DecoupledKdLossConfig::new().init().with_temperature(-1.0);
    }
}
