use burn::{config::Config, nn::LinearConfig, tensor::Device};
use kd_core::{Error, check};

use crate::{UskdLoss, universal_self::NAME};

/// Configuration of a [`UskdLoss`].
#[derive(Config, Debug)]
pub struct UskdLossConfig {
    /// Channels of the middle layer that the weak head classifies. At least 1.
    pub channels: usize,
    /// How many classes there are. At least 2.
    pub classes: usize,
    /// α: the weight of the label's own soft target. Finite and at least 0.
    #[config(default = 1.0)]
    pub alpha: f64,
    /// β: the weight of the other classes' soft targets. Finite and at least 0.
    #[config(default = 0.1)]
    pub beta: f64,
    /// μ: the weight of the weak head's own training. Finite and at least 0.
    #[config(default = 0.005)]
    pub mu: f64,
    /// Whether labels, or their shares, are checked at every call. That reads them back from the device, and on a GPU waits for it. Turning
    /// it off spares the wait only at `beta` = 0: above, Burn sorts on the host, so a GPU is waited for in any case.
    #[config(default = true)]
    pub check_labels: bool,
}

impl UskdLossConfig {
    /// Makes the loss, its weak head on `device`.
    ///
    /// # Panics
    ///
    /// If there are no channels or fewer than two classes, or a weight is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self, device: &Device) -> UskdLoss {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no channels or fewer than two classes, or a weight is negative, NaN or infinite.
    pub fn try_init(&self, device: &Device) -> Result<UskdLoss, Error> {
        const NAME: &str = "UskdLossConfig";
        check::count(NAME, "channels", self.channels)?;
        check::several(NAME, "classes", self.classes)?;
        check::weight(NAME, "alpha", self.alpha)?;
        check::weight(NAME, "beta", self.beta)?;
        check::weight(NAME, "mu", self.mu)?;
        Ok(UskdLoss {
            weak: LinearConfig::new(self.channels, self.classes).init(device),
            alpha: self.alpha,
            beta: self.beta,
            mu: self.mu,
            check_labels: self.check_labels,
        })
    }
}

impl UskdLoss {
    /// The weight of the label's own soft target.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The weight of the other classes' soft targets.
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// The weight of the weak head's own training.
    pub fn mu(&self) -> f64 {
        self.mu
    }

    /// The same loss and weak head with another alpha, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If alpha is negative, NaN or infinite.
    #[track_caller]
    pub fn with_alpha(self, alpha: f64) -> Self {
        kd_core::check::must(check::weight(NAME, "alpha", alpha));
        Self { alpha, ..self }
    }

    /// The same loss and weak head with another beta, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If beta is negative, NaN or infinite.
    #[track_caller]
    pub fn with_beta(self, beta: f64) -> Self {
        kd_core::check::must(check::weight(NAME, "beta", beta));
        Self { beta, ..self }
    }

    /// The same loss and weak head with another mu, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If mu is negative, NaN or infinite.
    #[track_caller]
    pub fn with_mu(self, mu: f64) -> Self {
        kd_core::check::must(check::weight(NAME, "mu", mu));
        Self { mu, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let uskd = UskdLossConfig::new(4, 3).init(&Device::flex());
        assert_eq!(
            format!("{uskd}"),
            "UskdLoss {channels: 4, classes: 3, alpha: 1, beta: 0.1, mu: 0.005, params: 15}"
        );
    }

    #[test]
    fn each_weight_can_change_alone() {
        let uskd = UskdLossConfig::new(4, 3).init(&Device::flex());
        let weak = uskd.weak.weight.val().into_data();
        let uskd = uskd.with_alpha(0.5).with_beta(0.25).with_mu(0.0);
        assert_eq!((uskd.alpha(), uskd.beta(), uskd.mu()), (0.5, 0.25, 0.0));
        assert_eq!(uskd.weak.weight.val().into_data(), weak);
    }

    #[test]
    #[should_panic(expected = "UskdLoss: beta is -1")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = UskdLossConfig::new(4, 3).init(&Device::flex()).with_beta(-1.0);
    }

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        let of = |config: UskdLossConfig| config.try_init(&Device::flex()).unwrap_err().to_string();
        assert_eq!(
            of(UskdLossConfig::new(0, 3)),
            "UskdLossConfig: channels is 0, but must be at least 1"
        );
        assert_eq!(
            of(UskdLossConfig::new(4, 1)),
            "UskdLossConfig: classes is 1, but must be at least 2"
        );
        assert_eq!(
            of(UskdLossConfig::new(4, 3).with_mu(-1.0)),
            "UskdLossConfig: mu is -1, but must be a finite number of at least 0 (0 leaves its part out)"
        );
    }
}
