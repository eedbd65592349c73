use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

mod saved;

use saved::Saved;

use crate::BoostingConfig;

/// Members one after the other, each for the samples that those before it got wrong: SAMME, AdaBoost for any number of classes
/// (Zhu and others, 2009).
///
/// ```text
/// err = Σ w · [c ≠ y]                         of the member: c what it says, y the label, w the samples' weights, Σ w = 1
/// α   = log((1 − err) / err) + log(K − 1)     its vote
/// w   ← w · exp(α · [c ≠ y]) / Σ              for the next member; w = 1/n for the first
/// ```
///
/// The loop is yours: train a member with the [`weights`](Self::weights), then [`add`](Self::add) what it says of all samples.
/// What they say together is a [`weighted_vote`](crate::weighted_vote) with the [`votes`](Self::votes).
///
/// # Range
///
/// Votes are above 0, and at most log((1 − e) / e) + log(K − 1), e the least error: 23 + log(K − 1) at its default. Weights are
/// at least 0 and sum to 1.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `samples` | | n | ≥ 1 |
/// | `classes` | | K | ≥ 2 |
/// | `least_error` | 1e-10 | what a perfect member's error is taken to be, whose vote would be infinite; ours, the paper has none | (0, ½) |
///
/// # Convention
///
/// The paper's algorithm 2, and scikit-learn's `AdaBoostClassifier` at a learning rate of 1; with two classes it is AdaBoost.M1.
/// Some write α with a factor of ½, which changes no decision if the weights have it as well. After a perfect member weights stay as
/// they are, and it outvotes several ordinary ones; scikit-learn gives it a vote of 1 and stops. A member that is no better than
/// chance is refused, and changes nothing: train another. The member before is such a one: weights change until it is as good
/// as chance. So that rounding cannot let it in, better means by at least 1e-9.
///
/// The weights' logarithms are kept, so that those of samples which are always right do not become 0. It can be saved with
/// serde after each member, and goes on from there.
///
/// # Panics
///
/// [`add`](Self::add), if there is not a prediction and a label for each sample, or one of them is not a class.
///
/// # Example
///
/// ```
/// use kd_ensemble::BoostingConfig;
///
/// let labels = [0, 0, 1, 1, 2, 2, 2, 2];
/// let mut boosting = BoostingConfig::new(8, 3).init();
/// assert_eq!(boosting.weights(), [0.125; 8]);
///
/// // Train a member: in the mean over a batch, each `per_sample` value times its sample's of `boosting.mean_weights()`. Then
/// // ask it of all samples:
/// let says = [0, 1, 1, 1, 2, 2, 2, 0];
/// let vote = boosting.add(&says, &labels)?;
/// assert!((vote - (3f64.ln() + 2f64.ln())).abs() < 1e-12); // a quarter is wrong
///
/// // What was wrong weighs six times as much as what was right.
/// let weights = boosting.weights();
/// assert!((weights[1] - 6.0 * weights[0]).abs() < 1e-12);
///
/// // With these weights, the same member again is no better than chance.
/// assert!(boosting.add(&says, &labels).is_err());
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Reference
///
/// Ji Zhu, Hui Zou, Saharon Rosset, Trevor Hastie: *Multi-class AdaBoost*, Statistics and Its Interface 2, 2009, algorithm 2. For two
/// classes: Yoav Freund, Robert E. Schapire: *A Decision-Theoretic Generalization of On-Line Learning and an Application to
/// Boosting*, 1997.
///
/// # See also
///
/// [`Bootstrap`](crate::Bootstrap), whose members need not wait for each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Saved")]
pub struct Boosting {
    classes: usize,
    least_error: f64,
    /// Of each sample, up to what all have in common.
    log_weights: Vec<f64>,
    votes: Vec<f64>,
}

impl Boosting {
    /// Of a checked configuration: the same weight for each sample, and no member yet.
    pub(crate) fn start(config: &BoostingConfig) -> Self {
        Self {
            classes: config.classes,
            least_error: config.least_error,
            log_weights: vec![0.0; config.samples],
            votes: Vec::new(),
        }
    }

    /// w: how much each sample weighs for the next member; they sum to 1.
    pub fn weights(&self) -> Vec<f64> {
        // From the largest, so that nothing overflows.
        let largest = self.log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = self.log_weights.iter().map(|log| (log - largest).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    }

    /// n · w of each sample: factors for a loss per sample, whose mean is 1 and which so leave a learning rate what it is.
    pub fn mean_weights(&self) -> Vec<f64> {
        let samples = self.log_weights.len() as f64;
        self.weights().into_iter().map(|weight| samples * weight).collect()
    }

    /// Takes in what the next member says of each sample, and returns its vote.
    ///
    /// # Errors
    ///
    /// [`Error::NoBetterThanChance`] if its error is 1 − 1/K or more, up to rounding. Nothing has changed then.
    #[track_caller]
    pub fn add(&mut self, predicted: &[usize], labels: &[usize]) -> Result<f64, Error> {
        let samples = self.log_weights.len();
        check::classes_of_samples("Boosting", "predictions", predicted, samples, self.classes);
        check::classes_of_samples("Boosting", "labels", labels, samples, self.classes);
        let wrong = || predicted.iter().zip(labels).map(|(said, label)| said != label);
        // Each sum on its own: 1 − err has no digits of a small one left.
        let (mut err, mut right) = (0.0, 0.0);
        for (weight, wrong) in self.weights().into_iter().zip(wrong()) {
            *(if wrong { &mut err } else { &mut right }) += weight;
        }
        check::better_than_chance("Boosting", self.votes.len(), err, self.classes)?;
        let (err, right) = (err.max(self.least_error), right.min(1.0 - self.least_error));
        let vote = (right / err).ln() + (self.classes as f64 - 1.0).ln();
        for (log_weight, wrong) in self.log_weights.iter_mut().zip(wrong()) {
            *log_weight += if wrong { vote } else { 0.0 };
        }
        self.votes.push(vote);
        Ok(vote)
    }

    /// α of each member so far: the weights of a [`weighted_vote`](crate::weighted_vote).
    pub fn votes(&self) -> &[f64] {
        &self.votes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: [usize; 6] = [0, 1, 2, 0, 1, 2];

    #[test]
    fn the_same_member_again_is_no_better_than_chance() {
        let mut boosting = BoostingConfig::new(6, 3).init();
        let says = [0, 1, 2, 0, 1, 0];
        boosting.add(&says, &LABELS).unwrap();
        let before = boosting.clone();
        let message = boosting.add(&says, &LABELS).unwrap_err().to_string();
        assert!(
            message.starts_with("Boosting: member 1 errs on 0.666667 of the weight"),
            "{message}"
        );
        assert_eq!(boosting, before);
    }

    #[test]
    fn a_perfect_member_has_the_largest_vote_and_changes_no_weight() {
        let mut boosting = BoostingConfig::new(6, 3).with_least_error(1e-3).init();
        let first = boosting.add(&[0, 1, 2, 0, 1, 0], &LABELS).unwrap();
        let weights = boosting.weights();
        let perfect = boosting.add(&LABELS, &LABELS).unwrap();
        assert_eq!(boosting.weights(), weights);
        assert!((perfect - (999f64.ln() + 2f64.ln())).abs() < 1e-12);
        assert_eq!(boosting.votes(), [first, perfect]);
    }

    #[test]
    fn weights_stay_numbers_over_many_members() {
        let mut boosting = BoostingConfig::new(6, 3).init();
        // Wrong on another of the first five each time; the last sample is always right.
        for member in 0..5000 {
            let mut says = LABELS;
            says[member % 5] = (says[member % 5] + 1) % 3;
            boosting.add(&says, &LABELS).unwrap();
        }
        let sum: f64 = boosting.weights().iter().sum();
        assert!((sum - 1.0).abs() < 1e-12 && boosting.log_weights.iter().all(|log| log.is_finite()));
    }

    #[test]
    fn the_mean_of_mean_weights_is_1() {
        let mut boosting = BoostingConfig::new(6, 3).init();
        boosting.add(&[0, 1, 2, 0, 0, 0], &LABELS).unwrap();
        let mean = boosting.mean_weights().iter().sum::<f64>() / 6.0;
        assert!((mean - 1.0).abs() < 1e-12);
    }
}
