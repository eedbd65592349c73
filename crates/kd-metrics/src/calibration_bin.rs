use serde::{Deserialize, Serialize};

use crate::{mean::Mean, ranking::share};

/// One bin of a [`Calibration`](crate::Calibration): the samples whose confidence is above `low` and at most `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct CalibrationBin {
    /// The confidence it begins above.
    pub low: f64,
    /// The confidence it ends with.
    pub high: f64,
    /// How many samples it has.
    pub samples: u64,
    /// How often they are right; `None` if it has no samples.
    pub accuracy: Option<f64>,
    /// How often they say that they are; `None` if it has no samples.
    pub confidence: Option<f64>,
}

impl CalibrationBin {
    /// Accuracy and confidence apart, without sign; `None` if it has no samples.
    pub fn gap(&self) -> Option<f64> {
        Some((self.accuracy? - self.confidence?).abs())
    }
}

/// What is counted of a bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bin {
    pub accuracy: Mean,
    pub confidence: Mean,
}

impl Bin {
    /// One sample; whether it is right is not known if it is not a number.
    pub fn add(&mut self, right: Option<bool>, confidence: f64) {
        self.accuracy.add(share(right));
        self.confidence.add(right.map_or(f64::NAN, |_| confidence));
    }

    pub fn merge(&mut self, other: &Self) {
        self.accuracy.merge(&other.accuracy);
        self.confidence.merge(&other.confidence);
    }

    pub fn between(&self, low: f64, high: f64) -> CalibrationBin {
        CalibrationBin {
            low,
            high,
            samples: self.accuracy.samples(),
            accuracy: self.accuracy.value(),
            confidence: self.confidence.value(),
        }
    }
}
