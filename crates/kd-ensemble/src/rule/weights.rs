use burn::config::Config;
use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

/// How much each member counts, in their order: shares, which sum to 1.
///
/// They are saved and loaded as a list of numbers, and one that cannot be weights is refused.
///
/// ```
/// use kd_ensemble::Weights;
///
/// assert_eq!(Weights::new([3.0, 0.0, 1.0]).shares(), [0.75, 0.0, 0.25]);
/// assert!(serde_json::from_str::<Weights>("[1.0, -1.0]").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct Weights(Vec<f64>);

impl Config for Weights {}

impl Weights {
    /// Of numbers in any scale.
    ///
    /// # Panics
    ///
    /// If there are none, one is negative, NaN or infinite, or their sum is 0.
    #[track_caller]
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        kd_core::check::must(Self::try_new(weights))
    }

    /// Of numbers that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::BadMember`] for the first that is negative, NaN or infinite, [`Error::InvalidValue`] if there are none or
    /// their sum is 0 or infinite.
    pub fn try_new(weights: impl IntoIterator<Item = f64>) -> Result<Self, Error> {
        let weights: Vec<f64> = weights.into_iter().collect();
        check::member_weights("Weights", &weights)?;
        let sum: f64 = weights.iter().sum();
        Ok(Self(weights.into_iter().map(|weight| weight / sum).collect()))
    }

    /// The same for each of so many members.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[track_caller]
    pub fn equal(members: usize) -> Self {
        Self::new(vec![1.0; members])
    }

    /// Each member's share.
    pub fn shares(&self) -> &[f64] {
        &self.0
    }

    /// How many members they are for; at least one.
    #[allow(clippy::len_without_is_empty, reason = "there is always a member")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl TryFrom<Vec<f64>> for Weights {
    type Error = Error;

    fn try_from(weights: Vec<f64>) -> Result<Self, Error> {
        Self::try_new(weights)
    }
}

impl From<Weights> for Vec<f64> {
    fn from(weights: Weights) -> Self {
        weights.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_weight_is_named() {
        let message = |weights: &[f64]| Weights::try_new(weights.iter().copied()).unwrap_err().to_string();
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                message(&[1.0, 2.0, bad]),
                format!(
                    "Weights: member 2 has weight {bad}, but a weight is a finite number of at least 0 (0 leaves the \
                     member out)"
                )
            );
        }
        assert_eq!(
            message(&[0.0, 0.0]),
            "Weights: the sum of the weights is 0, but must be a finite number above 0: give at least one member a weight"
        );
        assert_eq!(message(&[]), "Weights: weights is 0, but must be at least 1");
        assert!(message(&[f64::MAX, f64::MAX]).contains("the sum of the weights is inf"));
    }

    #[test]
    fn survive_a_file() {
        let weights = Weights::new([1.0, 2.0, 5.0]);
        let text = serde_json::to_string(&weights).unwrap();
        assert_eq!(text, "[0.125,0.25,0.625]");
        assert_eq!(serde_json::from_str::<Weights>(&text).unwrap(), weights);
        let error = serde_json::from_str::<Weights>("[0.0]").unwrap_err().to_string();
        assert!(error.contains("the sum of the weights is 0"), "{error}");
    }

    #[test]
    #[should_panic(expected = "member 0 has weight -2")]
    fn new_panics_with_the_same_words() {
        Weights::new([-2.0]);
    }
}
