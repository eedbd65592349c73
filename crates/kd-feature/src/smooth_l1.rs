use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

/// Configuration of a [`SmoothL1Loss`].
#[derive(Config, Debug)]
pub struct SmoothL1LossConfig {
    /// Where the parabola becomes a straight line. Finite and at least 0; at 0 there is no parabola: L1.
    #[config(default = 1.0)]
    pub beta: f64,
}

impl SmoothL1LossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If `beta` is negative, NaN or infinite, or so near 0 that it has no reciprocal.
    #[track_caller]
    pub fn init(&self) -> SmoothL1Loss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if `beta` is negative, NaN or infinite, or so near 0 that it has no reciprocal.
    pub fn try_init(&self) -> Result<SmoothL1Loss, Error> {
        const NAME: &str = "SmoothL1LossConfig";
        check::beta(NAME, "beta", self.beta)?;
        Ok(SmoothL1Loss { beta: self.beta })
    }
}

/// Differences of the features, squared where they are small and as they are where they are large: the smooth L1 norm of
/// Girshick (2015) between student and teacher, and L1 at `beta` = 0.
///
/// ```text
/// d = |student − teacher|    loss = Σ (d² / (2 · beta) if d < beta, d − beta / 2 otherwise) / numbers in a sample
/// ```
///
/// A few outliers, of which features have more than logits, pull no harder than any other number.
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`
/// - output of `per_sample`: `[rows]`; a token is a row of its own, a map is one row ([`samples`](rows::samples))
///
/// # Reduction
///
/// Mean over a sample's numbers, mean over samples, which together is the mean over all numbers.
///
/// # Gradient
///
/// `(student − teacher) / beta`, cut off at ±1, over all numbers; none for the teacher. At `beta` = 0 it is the sign of
/// the difference, and 0 where there is none.
///
/// # Range
///
/// At least 0, and 0 where the features are equal.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `beta` | 1 | where the parabola becomes a straight line | finite, ≥ 0; 0 is L1 |
///
/// # Convention
///
/// `smooth_l1_loss` of PyTorch, which is `l1_loss` at `beta` = 0 as well; the huber loss of the same threshold is `beta`
/// times this one.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::SmoothL1LossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let student = Tensor::<2>::from_floats([[0.5, 3.0]], &device);
/// let teacher = Tensor::<2>::zeros([1, 2], &device);
///
/// let smooth = SmoothL1LossConfig::new().init();
/// assert_eq!(smooth.forward(student.clone(), teacher.clone()).into_scalar::<f32>(), (0.125 + 2.5) / 2.0);
///
/// let l1 = SmoothL1LossConfig::new().with_beta(0.0).init();
/// assert_eq!(l1.forward(student, teacher).into_scalar::<f32>(), (0.5 + 3.0) / 2.0);
/// ```
///
/// # Reference
///
/// Ross Girshick: *Fast R-CNN*, 2015, arXiv:1504.08083, equation 3, where it is a loss on boxes.
///
/// # See also
///
/// [`HintLoss`](crate::HintLoss), which squares every difference.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct SmoothL1Loss {
    beta: f64,
}

impl<const D: usize> DistillLoss<Tensor<D>> for SmoothL1Loss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::features("SmoothL1Loss", &student, &teacher);
        let student = rows::widen(rows::samples(student));
        let teacher = rows::samples(teacher.without_autodiff()).cast(student.dtype());
        smooth_l1(student - teacher, self.beta).mean_dim(1).squeeze_dim(1)
    }
}

/// x² / (2 · beta) where |x| < beta, |x| − beta / 2 elsewhere.
pub(crate) fn smooth_l1<const D: usize>(x: Tensor<D>, beta: f64) -> Tensor<D> {
    if beta == 0.0 {
        return x.abs();
    }
    // With c, x cut to [−beta, beta], it is (x − c / 2) · c / beta. Its slope is c / beta, which is also what that product
    // gives for a constant c: two cheap operations to differentiate.
    let c = x.clone().without_autodiff().clamp(-beta, beta);
    let slope = if beta == 1.0 {
        c.clone()
    } else {
        c.clone() * beta.recip()
    };
    (x - c * 0.5) * slope
}

of_any_rank!(SmoothL1Loss);

impl ModuleDisplay for SmoothL1Loss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("beta", &self.beta).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        assert_eq!(
            format!("{}", SmoothL1LossConfig::new().init()),
            "SmoothL1Loss {beta: 1}"
        );
    }

    #[test]
    fn an_impossible_beta_is_an_error_that_says_what_to_do() {
        for beta in [-1.0, f64::NAN, f64::INFINITY, 1e-60] {
            let error = SmoothL1LossConfig::new().with_beta(beta).try_init().unwrap_err();
            let message = format!(
                "SmoothL1LossConfig: beta is {beta}, but must be 0, which is L1, or a finite number above it with a finite \
                 reciprocal"
            );
            assert_eq!(error.to_string(), message);
        }
    }
}
