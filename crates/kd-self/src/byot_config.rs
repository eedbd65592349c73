use burn::config::Config;
use kd_core::{Error, Identity, check};

use crate::{ByotLoss, byot::NAME};

/// Configuration of a [`ByotLoss`].
#[derive(Config, Debug)]
pub struct ByotLossConfig {
    /// The deepest exit's share of what a shallower one learns from answers; the labels get `1 − alpha`. In `[0, 1]`.
    #[config(default = 0.1)]
    pub alpha: f64,
    /// The weight of the features. Finite and at least 0.
    #[config(default = 1e-6)]
    pub beta: f64,
    /// T: how much answers are flattened before they are compared. Finite and above 0.
    #[config(default = 3.0)]
    pub temperature: f64,
    /// The weight of each exit, shallow to deep; 1 for each if there are none. Finite and at least 0.
    #[config(default = "vec![]")]
    pub weights: Vec<f64>,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl ByotLossConfig {
    /// Makes the loss, for exits whose features have one shape: their bottlenecks are part of them.
    ///
    /// # Panics
    ///
    /// If alpha is outside `[0, 1]`, beta or a weight is negative, NaN or infinite, or the temperature is 0, negative, NaN
    /// or infinite.
    #[track_caller]
    pub fn init(&self) -> ByotLoss<Identity> {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] where [`init`](Self::init) panics.
    pub fn try_init(&self) -> Result<ByotLoss<Identity>, Error> {
        self.try_init_with_adapters(Vec::new())
    }

    /// Makes the loss with an adapter for each shallower exit, which brings its features to the deepest's shape. Adapters
    /// that have weights train with the network, and are not part of it: put the loss beside it into one module.
    ///
    /// # Panics
    ///
    /// As [`init`](Self::init).
    #[track_caller]
    pub fn init_with_adapters<P>(&self, adapters: Vec<P>) -> ByotLoss<P> {
        kd_core::check::must(self.try_init_with_adapters(adapters))
    }

    /// The same for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] where [`init`](Self::init) panics.
    pub fn try_init_with_adapters<P>(&self, adapters: Vec<P>) -> Result<ByotLoss<P>, Error> {
        const NAME: &str = "ByotLossConfig";
        check::alpha(NAME, self.alpha)?;
        check::weight(NAME, "beta", self.beta)?;
        check::temperature(NAME, self.temperature)?;
        check::exit_weights(NAME, &self.weights)?;
        Ok(ByotLoss {
            adapters,
            weights: self.weights.clone(),
            alpha: self.alpha,
            beta: self.beta,
            temperature: self.temperature,
            check_labels: self.check_labels,
        })
    }
}

impl<P> ByotLoss<P> {
    /// The deepest exit's share in use.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The features' weight in use.
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// The same loss at another alpha, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If alpha is outside `[0, 1]`.
    #[track_caller]
    pub fn with_alpha(self, alpha: f64) -> Self {
        kd_core::check::must(check::alpha(NAME, alpha));
        Self { alpha, ..self }
    }

    /// The same loss with another weight of the features.
    ///
    /// # Panics
    ///
    /// If it is negative, NaN or infinite.
    #[track_caller]
    pub fn with_beta(self, beta: f64) -> Self {
        kd_core::check::must(check::weight(NAME, "beta", beta));
        Self { beta, ..self }
    }

    /// The same loss at another temperature.
    ///
    /// # Panics
    ///
    /// If it is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn with_temperature(self, temperature: f64) -> Self {
        kd_core::check::must(check::temperature(NAME, temperature));
        Self { temperature, ..self }
    }

    /// The same loss with other weights of exits, shallow to deep; for example those of
    /// [`ExitWeights`](crate::ExitWeights) at a step.
    ///
    /// # Panics
    ///
    /// If there are none, or one is negative, NaN or infinite.
    #[track_caller]
    pub fn with_weights(self, weights: Vec<f64>) -> Self {
        kd_core::check::must(self.try_with_weights(weights))
    }

    /// The same for weights that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] where [`with_weights`](Self::with_weights) panics.
    pub fn try_with_weights(self, weights: Vec<f64>) -> Result<Self, Error> {
        check::some_exit_weights(NAME, &weights)?;
        Ok(Self { weights, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let byot = ByotLossConfig::new().with_beta(0.5).init();
        assert_eq!(format!("{byot}"), "ByotLoss {alpha: 0.1, beta: 0.5, temperature: 3}");
    }

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        let error = |config: ByotLossConfig| config.try_init().unwrap_err().to_string();
        let config = ByotLossConfig::new;
        assert!(error(config().with_alpha(1.5)).starts_with("ByotLossConfig: alpha is 1.5, but must be in [0, 1]"));
        assert!(error(config().with_beta(-1.0)).starts_with("ByotLossConfig: beta is -1, but must be a finite"));
        assert!(error(config().with_temperature(0.0)).starts_with("ByotLossConfig: temperature is 0, but must be"));
        let weights = vec![1.0, f64::NAN];
        assert!(error(config().with_weights(weights)).starts_with("ByotLossConfig: the weight of an exit is NaN"));
    }

    #[test]
    #[should_panic(expected = "ByotLoss: the weight of an exit is -1")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = ByotLossConfig::new().init().with_weights(vec![-1.0, 1.0]);
    }

    #[test]
    fn weights_from_a_file_are_errors() {
        let error = |weights: Vec<f64>| {
            let byot = ByotLossConfig::new().init().try_with_weights(weights);
            byot.unwrap_err().to_string()
        };
        assert!(error(vec![]).starts_with("ByotLoss: the number of weights is 0, but must be at least 1"));
        assert!(error(vec![f64::INFINITY]).starts_with("ByotLoss: the weight of an exit is inf"));
    }
}
