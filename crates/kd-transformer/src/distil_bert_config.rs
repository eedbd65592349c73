use burn::config::Config;
use kd_core::{Error, check};

use crate::DistilBertLoss;

/// The tokens whose soft labels a [`DistilBertLoss`] compares.
#[derive(Config, Debug, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SoftTokens {
    /// All that are no padding: what the authors' code does unless it is told otherwise, and no command in its README tells it.
    Attended,
    /// Those alone that are asked for: its switch `restrict_ce_to_mask`. At a share of 15 % the soft part takes about that
    /// much of the time and memory.
    Asked,
}

/// Configuration of a [`DistilBertLoss`].
#[derive(Config, Debug)]
pub struct DistilBertLossConfig {
    /// The weight of the soft labels. Finite and at least 0; at 0 nobody looks at the teacher's logits.
    #[config(default = 5.0)]
    pub soft: f64,
    /// The weight of the tokens that are asked for. Finite and at least 0.
    #[config(default = 2.0)]
    pub mlm: f64,
    /// The weight of the angle between last hidden states. Finite and at least 0; at 0 nobody looks at them.
    #[config(default = 1.0)]
    pub cosine: f64,
    /// T: how much both distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 2.0)]
    pub temperature: f64,
    /// The tokens whose soft labels are compared.
    #[config(default = "SoftTokens::Attended")]
    pub soft_tokens: SoftTokens,
    /// Whether the tokens that are asked for are checked to be of the vocabulary, at every call.
    #[config(default = true)]
    pub check_tokens: bool,
}

impl DistilBertLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If a weight is negative, NaN or infinite, all are 0, or the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> DistilBertLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a weight is negative, NaN or infinite, all are 0, or the temperature is 0, negative, NaN or
    /// infinite.
    pub fn try_init(&self) -> Result<DistilBertLoss, Error> {
        const OWNER: &str = "DistilBertLossConfig";
        check::temperature(OWNER, self.temperature)?;
        let weights = [("soft", self.soft), ("mlm", self.mlm), ("cosine", self.cosine)];
        check::weights_of_parts(OWNER, &weights)?;
        Ok(DistilBertLoss { config: self.clone() })
    }
}
