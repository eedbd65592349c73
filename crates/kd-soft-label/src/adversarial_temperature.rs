use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay, Param},
    tensor::{Device, Tensor, activation::log_sigmoid},
};
use kd_core::{Error, check};

/// Configuration of a [`CtkdTemperature`].
#[derive(Config, Debug)]
pub struct CtkdTemperatureConfig {
    /// The temperature that is never undercut. Finite and above 0.
    #[config(default = 1.0)]
    pub start: f64,
    /// How far above `start` the temperature can get. Finite and at least 0.
    #[config(default = 20.0)]
    pub range: f64,
    /// The parameter before training.
    #[config(default = 1.0)]
    pub theta: f64,
}

impl CtkdTemperatureConfig {
    /// Makes the temperature, its parameter on `device`.
    ///
    /// # Panics
    ///
    /// If `start` is 0, negative, NaN or infinite, `range` is negative, NaN or infinite, or `theta` is not finite.
    #[track_caller]
    pub fn init(&self, device: &Device) -> CtkdTemperature {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the temperature, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if `start` is 0, negative, NaN or infinite, `range` is negative, NaN or infinite, or
    /// `theta` is not finite.
    pub fn try_init(&self, device: &Device) -> Result<CtkdTemperature, Error> {
        const NAME: &str = "CtkdTemperatureConfig";
        check::positive(NAME, "start", self.start)?;
        check::weight(NAME, "range", self.range)?;
        check::finite(NAME, "theta", self.theta)?;
        Ok(CtkdTemperature {
            theta: Param::from_data([self.theta], device),
            start: self.start,
            range: self.range,
        })
    }
}

/// A temperature that is learned against the student: a parameter whose gradient is reversed (Li and others, 2023).
///
/// ```text
/// T = start + range · σ(θ)
/// ```
///
/// What an optimizer does to lower the loss raises it through θ. It is the global temperature of the paper, one for all
/// samples; the paper also has one that a small network gives to each.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `start` | 1 | T for θ → −∞ | finite, > 0 |
/// | `range` | 20 | T reaches up to `start + range` | finite, ≥ 0 |
/// | `theta` | 1 | θ before training, which makes T = 15.6 | finite |
///
/// # Example
///
/// ```
/// use kd_soft_label::CtkdTemperatureConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let temperature = CtkdTemperatureConfig::new().with_theta(0.0).init(&device);
/// assert_eq!(temperature.value(), 11.0);
/// ```
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct CtkdTemperature {
    /// θ, `[1]`.
    pub theta: Param<Tensor<1>>,
    start: f64,
    range: f64,
}

impl CtkdTemperature {
    /// The temperature now, read back from the device.
    pub fn value(&self) -> f64 {
        self.of(self.theta.val()).into_scalar::<f64>()
    }

    /// T on the device and in the type of `like`, `[1]`; `−strength` times its gradient reaches θ.
    pub(crate) fn reversed<const D: usize>(&self, strength: f64, like: &Tensor<D>) -> Tensor<1> {
        let theta = self.theta.val().to_device(&like.device()).cast(like.dtype());
        let constant = theta.clone().without_autodiff();
        // The difference is 0, so the value is θ to the last digit; the slope is 1 − (1 + strength).
        self.of(theta.clone() + (constant - theta) * (1.0 + strength))
    }

    fn of(&self, theta: Tensor<1>) -> Tensor<1> {
        // Not Burn's sigmoid, which most backends compute in f32 whatever the type.
        log_sigmoid(theta).exp() * self.range + self.start
    }
}

impl ModuleDisplay for CtkdTemperature {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("start", &self.start).add("range", &self.range).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_stays_and_the_slope_turns() {
        let device = Device::flex().autodiff();
        let temperature = CtkdTemperatureConfig::new().with_theta(0.7).init(&device);
        for strength in [0.0, 0.25, 1.0] {
            let t = temperature.reversed(strength, &Tensor::<1>::zeros([1], &device));
            let gradients = t.clone().backward();
            assert_eq!(t.into_scalar::<f64>(), temperature.value());
            let gradient = temperature.theta.val().grad(&gradients).unwrap().into_scalar::<f64>();
            let sigma = 1.0 / (1.0 + (-0.7f64).exp());
            let slope = 20.0 * sigma * (1.0 - sigma);
            assert!((gradient + strength * slope).abs() < 1e-5, "{gradient}");
        }
    }

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        let device = Device::flex();
        for (config, message) in [
            (
                CtkdTemperatureConfig::new().with_start(0.0),
                "CtkdTemperatureConfig: start is 0, but must be a finite number above 0",
            ),
            (
                CtkdTemperatureConfig::new().with_range(-1.0),
                "CtkdTemperatureConfig: range is -1, but must be a finite number of at least 0 (0 leaves its part out)",
            ),
            (
                CtkdTemperatureConfig::new().with_theta(f64::NAN),
                "CtkdTemperatureConfig: theta is NaN, but must be a finite number",
            ),
        ] {
            assert_eq!(config.try_init(&device).unwrap_err().to_string(), message);
        }
    }
}
