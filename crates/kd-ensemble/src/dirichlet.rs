use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::gamma::binet;

/// Configuration of a [`DirichletLoss`].
#[derive(Config, Debug)]
pub struct DirichletLossConfig {
    /// T: how much the student's and the members' logits are flattened. Finite and above 0.
    #[config(default = 1.0)]
    pub temperature: f64,
    /// γ: the share of the uniform distribution in what each member says. In `[0, 1]`.
    #[config(default = 1e-3)]
    pub smoothing: f64,
}

impl DirichletLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite, or the smoothing is not in `[0, 1]`.
    #[track_caller]
    pub fn init(&self) -> DirichletLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite, or the smoothing is not in `[0, 1]`.
    pub fn try_init(&self) -> Result<DirichletLoss, Error> {
        const OWNER: &str = "DirichletLossConfig";
        const EXPECTED: &str =
            "in [0, 1] (0 leaves the members as they are, 0.001 is usual; at 1 nothing of them is left)";
        check::temperature(OWNER, self.temperature)?;
        check::share(OWNER, "smoothing", self.smoothing, EXPECTED)?;
        Ok(DirichletLoss {
            temperature: self.temperature,
            smoothing: self.smoothing,
        })
    }
}

/// How unlikely the student's Dirichlet distribution finds what the members say, one by one: ensemble distribution
/// distillation (Malinin and others, 2020).
///
/// ```text
/// α = exp(student / T)
/// p_m = (1 − γ) · softmax(member m / T) + γ / classes
/// loss = −1/M · Σ_m log Dir(p_m; α)
/// log Dir(p; α) = log Γ(Σ α) − Σ log Γ(α) + Σ (α − 1) · log p
/// ```
///
/// A student of the mean learns what the ensemble says; this one learns how far its members agree as well, and tells what the
/// data leave open from what the ensemble does not know: see [`Uncertainty`](crate::Uncertainty). Its softmax is the mean of its
/// Dirichlet distribution, so it is used like any other network.
///
/// # Shapes
///
/// - student: `[batch, classes]`
/// - teacher: a `Vec` of logits `[batch, classes]`, one for each member, such as
///   [`Ensemble::each`](crate::Ensemble::each) gives
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over members, mean over rows.
///
/// # Gradient
///
/// `α · (ψ(α) − ψ(Σ α) − 1/M · Σ_m log p_m) / (T · rows)`, ψ the digamma function; none for the members.
///
/// # Range
///
/// All numbers: it is the logarithm of a density, which can be above 1. *Not* 0 where the student's mean is the members'; of
/// members that agree entirely it falls without end while α grows.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 1 | flattens both; let a [`Schedule`](kd_core::Schedule) bring it down to 1 | finite, > 0 |
/// | `smoothing` | 0.001 | γ, keeps log p of sure members finite | `[0, 1]` |
///
/// # Convention
///
/// α = exp(student / T), as in the paper, without the 1 that later work adds. Without T², which some copies have: the
/// gradient does not fall as 1/T², for at a high temperature α is near 1 whatever the student says. Copies also add 1e-8 to
/// α and p; nothing is added here, and log Γ of an α that is smaller than a number can be is right. Γ is never computed:
/// Stirling's formula is put in, in which the large parts are `Σα · Σ π · log(π / p)` with π = α / Σα, and the rest comes
/// from a series. In f32 `student / T` must be below 88, where α overflows.
///
/// Members' exclusions (−∞) are smoothed away; at γ = 0 the density there is 0 or infinite, and the loss NaN. The student can
/// exclude no class.
///
/// # Panics
///
/// If there is no member, if the student and a member differ in shape, or there are no rows or no classes.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{DistillLoss, Schedule};
/// use kd_ensemble::DirichletLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let annealed = Schedule::linear(10.0, 1.0, 1000);
/// let loss = DirichletLossConfig::new().init();
///
/// // Two members that disagree about two classes, and students that are the same in the mean.
/// let members = vec![Tensor::<2>::from_floats([[2.0, 0.0]], &device), Tensor::from_floats([[0.0, 2.0]], &device)];
/// let at = |alpha: f32| {
///     let student = Tensor::<2>::from_floats([[alpha.ln(), alpha.ln()]], &device);
///     let loss = loss.clone().with_temperature(annealed.at(1000));
///     loss.forward(student, members.clone()).into_scalar::<f32>()
/// };
/// assert!(at(0.75) < at(0.1) && at(0.75) < at(5.0)); // neither too unsure of itself nor too sure
/// ```
///
/// # Reference
///
/// Andrey Malinin, Bruno Mlodozeniec, Mark Gales: *Ensemble Distribution Distillation*, ICLR 2020, arXiv:1905.00076.
///
/// # See also
///
/// [`Ensemble`](crate::Ensemble), for a student of the mean; [`PerTeacher`](crate::PerTeacher).
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct DirichletLoss {
    temperature: f64,
    smoothing: f64,
}

impl DirichletLoss {
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
        kd_core::check::must(check::temperature("DirichletLoss", temperature));
        Self { temperature, ..self }
    }

    /// log p of a member.
    fn log_p(&self, member: Tensor<2>) -> Tensor<2> {
        let (t, gamma, classes) = (self.temperature, self.smoothing, member.dims()[1] as f64);
        if gamma == 0.0 {
            rows::log_soften(member, t)
        } else {
            (rows::soften(member, t) * (1.0 - gamma) + gamma / classes).log()
        }
    }
}

impl DistillLoss<Tensor<2>, Vec<Tensor<2>>> for DirichletLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Vec<Tensor<2>>) -> Tensor<1> {
        check::at_least_one("DirichletLoss", "members", teacher.len());
        for member in &teacher {
            check::logits("DirichletLoss", &student, member);
        }
        let student = rows::widen(student);
        let (members, classes) = (teacher.len() as f64, student.dims()[1] as f64);
        let log_ps = teacher.into_iter().map(|member| {
            let member = member.without_autodiff().cast(student.dtype());
            self.log_p(member)
        });
        let log_p = log_ps.reduce(|sum, log_p| sum + log_p).expect("there is a member") * members.recip();

        let log_alpha = student * self.temperature.recip();
        let largest = log_alpha.clone().without_autodiff().max_dim(1);
        // Against the largest and not against the sum: what is left of π's digits is multiplied by Σα.
        let shifted = log_alpha.clone() - largest.clone();
        let log_rest = shifted.clone().exp().sum_dim(1).log();
        let log_pi = shifted - log_rest.clone();
        let log_sum = log_rest + largest;

        let large = log_sum.clone().exp() * (log_pi.clone().exp() * (log_pi.clone() - log_p.clone())).sum_dim(1);
        let roots = (log_alpha.clone().sum_dim(1) - log_sum.clone()) * -0.5;
        let constant = 0.5 * (classes - 1.0) * std::f64::consts::TAU.ln();
        let rest = binet(log_alpha).sum_dim(1) - binet(log_sum);
        (large + roots + rest + log_p.sum_dim(1) + constant).squeeze_dim(1)
    }
}

impl ModuleDisplay for DirichletLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.temperature)
            .add("smoothing", &self.smoothing)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let loss = DirichletLossConfig::new().init();
        assert_eq!(format!("{loss}"), "DirichletLoss {temperature: 1, smoothing: 0.001}");
    }

    #[test]
    fn an_impossible_smoothing_is_an_error_that_says_what_to_do() {
        for smoothing in [-0.1, 1.1, f64::NAN] {
            let error = DirichletLossConfig::new()
                .with_smoothing(smoothing)
                .try_init()
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "DirichletLossConfig: smoothing is {smoothing}, but must be in [0, 1] (0 leaves the members as they \
                     are, 0.001 is usual; at 1 nothing of them is left)"
                )
            );
        }
    }

    #[test]
    #[should_panic(expected = "DirichletLoss: temperature is 0")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = DirichletLossConfig::new().init().with_temperature(0.0);
    }
}
