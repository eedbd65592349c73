use kd_core::number;
use serde::{Deserialize, Serialize};

/// A mean over samples that come a few at a time: their sum and how many they are, so that no batch counts for more than
/// its samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mean {
    #[serde(with = "number")]
    sum: f64,
    samples: u64,
}

impl Mean {
    pub fn add(&mut self, value: f64) {
        self.sum += value;
        self.samples += 1;
    }

    pub fn merge(&mut self, other: &Self) {
        self.sum += other.sum;
        self.samples += other.samples;
    }

    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// `None` of no samples.
    pub fn value(&self) -> Option<f64> {
        (self.samples > 0).then(|| self.sum / self.samples as f64)
    }
}

impl Extend<f64> for Mean {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.add(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_batch_counts_for_its_samples_only() {
        let (mut large, mut small) = (Mean::default(), Mean::default());
        large.extend([1.0, 1.0, 1.0]);
        small.extend([5.0]);
        large.merge(&small);
        assert_eq!((large.value(), large.samples()), (Some(2.0), 4));
    }

    #[test]
    fn of_nothing_there_is_none() {
        assert_eq!(Mean::default().value(), None);
    }

    #[test]
    fn nan_stays() {
        let mut mean = Mean::default();
        mean.extend([1.0, f64::NAN, 1.0]);
        assert!(mean.value().unwrap().is_nan());
    }
}
