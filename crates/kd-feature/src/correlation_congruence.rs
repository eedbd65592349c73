use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check};

use crate::{
    gram::{gram, sides},
    unit::unit,
};

/// Configuration of a [`CorrelationCongruenceLoss`].
#[derive(Config, Debug)]
pub struct CorrelationCongruenceLossConfig {
    /// γ: how fast the kernel falls with the distance. Finite and above 0.
    #[config(default = 0.4)]
    pub gamma: f64,
    /// P: the highest power of the kernel's series. At least 1.
    #[config(default = 2)]
    pub order: usize,
}

impl CorrelationCongruenceLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If gamma is 0, negative, NaN or infinite, or the order is 0.
    #[track_caller]
    pub fn init(&self) -> CorrelationCongruenceLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if gamma is 0, negative, NaN or infinite, or the order is 0.
    pub fn try_init(&self) -> Result<CorrelationCongruenceLoss, Error> {
        const NAME: &str = "CorrelationCongruenceLossConfig";
        check::positive(NAME, "gamma", self.gamma)?;
        check::count(NAME, "order", self.order)?;
        Ok(CorrelationCongruenceLoss {
            gamma: self.gamma,
            order: self.order,
        })
    }
}

/// How near samples are, by a Gaussian kernel: correlation congruence (Peng and others, 2019).
///
/// ```text
/// c = cosine of two samples
/// K = e^(−2γ) · Σ over p from 0 to P of (2γ · c)^p / p!    which is e^(−γ · distance²) of unit vectors for P → ∞
/// loss of row i = Σ over j of (K_student − K_teacher)²[i, j] / batch
/// ```
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`; rank and widths
///   of the two may differ, no projector is needed
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over all pairs of samples. It compares the samples of a batch with one another, so the loss of a batch is not
/// that of its parts: a mask after the fact leaves the masked samples in the others' rows (select the samples that
/// count before, from student and teacher), and gradient accumulation gives the mean of the batches' losses.
///
/// # Gradient
///
/// Flows to the student through the cosines; none for the teacher.
///
/// # Range
///
/// From 0, where all cosines are equal, to below 1. A sample of zeros has cosine 0 with every sample, itself included,
/// and gradient 0. In a batch of one sample the cosine is 1 on both sides, so the loss is 0,
/// up to rounding.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `gamma` | 0.4 | how fast the kernel falls with the distance | finite, > 0 |
/// | `order` | 2 | where the series ends; at 1 it is the cosine, times a constant | ≥ 1 |
///
/// # Convention
///
/// The paper's kernel and divisor, the square of the batch. torchdistill's `CCKDLoss` takes the root of the squared sum.
/// RepDistiller's `Correlation` is another loss, products of neighbouring samples' differences, which changes with the
/// order of the batch. The paper adds the same on the samples themselves, which here is a loss of its own.
///
/// # Panics
///
/// If there are unequal numbers of samples, or none, or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::CorrelationCongruenceLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let loss = CorrelationCongruenceLossConfig::new().with_order(1).init();
/// let teacher = Tensor::<2>::from_floats([[1.0, 0.0], [0.0, 1.0]], &device);
/// let student = Tensor::<2>::from_floats([[3.0], [5.0]], &device);
/// // Two of four cosines are 1 and not 0.
/// let expected = (0.8 * (-0.8f32).exp()).powi(2) / 2.0;
/// assert!((loss.forward(student, teacher).into_scalar::<f32>() - expected).abs() < 1e-6);
/// ```
///
/// # Reference
///
/// Baoyun Peng, Xiao Jin, Jiaheng Liu, Shunfeng Zhou, Yichao Wu, Yu Liu, Dongsheng Li, Zhaoning Zhang: *Correlation
/// Congruence for Knowledge Distillation*, 2019, arXiv:1904.01802, section 3.
///
/// # See also
///
/// [`SimilarityLoss`](crate::SimilarityLoss), whose rows are normalised instead of the samples.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct CorrelationCongruenceLoss {
    gamma: f64,
    order: usize,
}

impl<const S: usize, const T: usize> DistillLoss<Tensor<S>, Tensor<T>> for CorrelationCongruenceLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<S>, teacher: Tensor<T>) -> Tensor<1> {
        let (student, teacher) = sides("CorrelationCongruenceLoss", student, teacher);
        let difference = self.series(student) - self.series(teacher);
        // Both kernels are multiplied by the same, so their squared difference can be.
        let factor = (-4.0 * self.gamma).exp();
        (difference.square() * factor).mean_dim(1).squeeze_dim(1)
    }
}

impl CorrelationCongruenceLoss {
    /// The kernel of each two samples, over e^(−2γ) and without its first term, 1.
    fn series(&self, features: Tensor<2>) -> Tensor<2> {
        let cosines = gram(unit(features, 1));
        let step = |power: usize| 2.0 * self.gamma / power as f64;
        let last = cosines.clone() * step(self.order);
        (1..self.order)
            .rev()
            .fold(last, |sum, power| (sum + 1.0) * cosines.clone() * step(power))
    }
}

of_relations!(CorrelationCongruenceLoss);

impl ModuleDisplay for CorrelationCongruenceLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("gamma", &self.gamma).add("order", &self.order).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let loss = CorrelationCongruenceLossConfig::new().init();
        assert_eq!(format!("{loss}"), "CorrelationCongruenceLoss {gamma: 0.4, order: 2}");
    }

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        let config = CorrelationCongruenceLossConfig::new;
        for (config, message) in [
            (
                config().with_gamma(-1.0),
                "gamma is -1, but must be a finite number above 0",
            ),
            (config().with_order(0), "order is 0, but must be at least 1"),
        ] {
            assert_eq!(
                config.try_init().unwrap_err().to_string(),
                format!("CorrelationCongruenceLossConfig: {message}")
            );
        }
    }
}
