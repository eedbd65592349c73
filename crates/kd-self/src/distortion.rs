use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows::flatten_rows};
use kd_kernels::{Divergence, divergence};

/// Configuration of a [`DistortionLoss`].
#[derive(Config, Debug)]
pub struct DistortionLossConfig {
    /// T: how much both distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 3.0)]
    pub temperature: f64,
}

impl DistortionLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> DistortionLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite.
    pub fn try_init(&self) -> Result<DistortionLoss, Error> {
        check::temperature("DistortionLossConfig", self.temperature)?;
        Ok(DistortionLoss {
            temperature: self.temperature,
        })
    }
}

/// Two distorted views of the same samples, each taught by what the network says of the other (Xu & Liu, 2019).
///
/// ```text
/// p = softmax(first / T)    q = softmax(second / T)
/// loss = T² · (KL(p ‖ q) + KL(q ‖ p)), in each KL its first distribution a constant
/// ```
///
/// # Shapes
///
/// - student: the two views' logits, `[..., classes]` each
/// - teacher: nothing; the views are each other's
/// - output of `per_sample`: `[rows]`, where rows is the product of all axes but the last
///
/// # Reduction
///
/// Sum over classes and both directions, mean over rows.
///
/// # Gradient
///
/// `T · (q − p) / rows` for the logits of the second view, and `T · (p − q) / rows` for those of the first. It is not the
/// slope of the value, in which each view is a teacher as well.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 with gradient 0 where the views are judged alike. Infinite where one view excludes a
/// class (a logit of −∞) that the other does not.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 3 | flattens both distributions | finite, > 0 |
///
/// # Convention
///
/// From the paper's abstract: consistent class probabilities, and consistent features
/// ([`MeanDiscrepancyLoss`](crate::MeanDiscrepancyLoss)), between distorted versions of the same data. What the authors do
/// about the temperature we have not seen, nor code by them. A copy that later work compares with, Self-KD-Lib of winycg
/// (methods/ddsgd.py), computes what stands above at T = 4: each direction's teacher a constant, T², both directions added
/// and not averaged; beside it stands *half* the mean of both views' cross-entropies, where the example below has all of
/// it. Another, ddgsd-pytorch of youngerous, is at T = 1 and has no T², cuts neither view off the graph, and divides by
/// classes too.
///
/// # Panics
///
/// If the views differ in shape, or there are no rows or no classes.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, LossTerms, rows};
/// use kd_self::{DistortionLossConfig, MeanDiscrepancyLossConfig};
///
/// let consistency = DistortionLossConfig::new().init();
/// let discrepancy = MeanDiscrepancyLossConfig::new().init();
///
/// let device = Device::flex().autodiff();
/// # let forward = |seed: f64| (
/// #     Tensor::<2>::from_floats([[1.0, seed]], &device).require_grad(),
/// #     Tensor::<2>::from_floats([[seed, 2.0, 0.0]], &device).require_grad(),
/// # );
/// let labels = Tensor::<1, burn::tensor::Int>::from_ints([0], &device);
/// let (features, first) = forward(0.5); // of two distortions of the same images
/// let (others, second) = forward(-0.5);
/// let hard = |logits| rows::cross_entropy(logits, labels.clone()).mean();
/// let terms = LossTerms::new()
///     .with("first", 0.5, hard(first.clone()))
///     .with("second", 0.5, hard(second.clone()))
///     .with("predictions", 1.0, consistency.forward([first.clone(), second.clone()], ()))
///     .with("features", 5e-4, discrepancy.forward([features, others], ()));
///
/// let gradients = terms.total().backward();
/// assert!(first.grad(&gradients).is_some() && second.grad(&gradients).is_some());
/// ```
///
/// # Reference
///
/// Ting-Bing Xu, Cheng-Lin Liu: *Data-Distortion Guided Self-Distillation for Deep Neural Networks*, AAAI 2019,
/// doi:10.1609/aaai.v33i01.33015565.
///
/// # See also
///
/// [`ClassWiseLoss`](crate::ClassWiseLoss), between samples of one class; [`LastBatchLoss`](crate::LastBatchLoss), between
/// two views of a sample one step apart.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct DistortionLoss {
    temperature: f64,
}

impl DistortionLoss {
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
        DistortionLossConfig { temperature }.init()
    }
}

impl<const D: usize> DistillLoss<[Tensor<D>; 2], ()> for DistortionLoss {
    #[track_caller]
    fn per_sample(&self, [first, second]: [Tensor<D>; 2], _teacher: ()) -> Tensor<1> {
        const NAME: &str = "DistortionLoss";
        check::views(NAME, &first, &second);
        check::logits(NAME, &first, &second);
        let (first, second) = (flatten_rows(first), flatten_rows(second));
        let t = self.temperature;
        let taught = |student, teacher| divergence(student, teacher, Divergence::ForwardKl, t);
        (taught(second.clone(), first.clone()) + taught(first, second)) * (t * t)
    }
}

impl ModuleDisplay for DistortionLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("temperature", &self.temperature).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let loss = DistortionLossConfig::new().init();
        assert_eq!(format!("{loss}"), "DistortionLoss {temperature: 3}");
    }

    #[test]
    #[should_panic(expected = "DistortionLossConfig: temperature is 0")]
    fn an_impossible_temperature_panics() {
        DistortionLossConfig::new().with_temperature(0.0).init();
    }
}
