use kd_core::{Error, check};
use serde::Deserialize;

use crate::{Boosting, BoostingConfig};

/// What a file holds, which may have been changed by hand.
#[derive(Deserialize)]
pub(super) struct Saved {
    classes: usize,
    least_error: f64,
    log_weights: Vec<f64>,
    votes: Vec<f64>,
}

impl TryFrom<Saved> for Boosting {
    type Error = Error;

    fn try_from(saved: Saved) -> Result<Self, Error> {
        let config = BoostingConfig::new(saved.log_weights.len(), saved.classes).with_least_error(saved.least_error);
        let numbers = saved.log_weights.iter().chain(&saved.votes);
        numbers
            .copied()
            .try_for_each(|number| check::finite("Boosting", "a weight or a vote", number))?;
        Ok(Self {
            log_weights: saved.log_weights,
            votes: saved.votes,
            ..config.try_init()?
        })
    }
}
