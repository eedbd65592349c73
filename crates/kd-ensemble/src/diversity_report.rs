use std::fmt;

use serde::{Deserialize, Serialize};

use crate::MemberTable;

/// What [`Diversity`](crate::Diversity) found; its documentation has the formulas.
///
/// Shown, it is a line of words. `None` is where there is no number; saved by serde as JSON, that is `null`.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::Diversity;
///
/// # let device = burn::tensor::Device::flex();
/// let members = [[[1.0, 0.0], [1.0, 0.0]], [[0.0, 2.0], [1.0, 0.0]]].map(|logits| Tensor::from_floats(logits, &device));
/// let mut diversity = Diversity::new(2);
/// diversity.update(&members, Tensor::from_ints([1, 0], &device));
/// let report = diversity.report().unwrap();
/// assert_eq!(
///     report.to_string(),
///     "2 members: accuracy 75.00 % on average, 100.00 % together; two disagree on 50.00 % and are both wrong on 0.00 %; \
///      Brier 0.3467 on average, less an ambiguity of 0.0936",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiversityReport {
    /// How many samples it is of.
    pub samples: u64,
    /// Of each member: how many samples it was NaN for. More than 0, and the member is to be looked at.
    pub lost: Vec<u64>,
    /// Of each member: how often it was right.
    pub accuracies: Vec<Option<f64>>,
    /// How often the mean of the members' probabilities was right.
    pub ensemble_accuracy: Option<f64>,
    /// The Brier score of a member, the mean over members.
    pub members_brier: Option<f64>,
    /// The Brier score of the mean of the members' probabilities: that of a member less the ambiguity.
    pub ensemble_brier: Option<f64>,
    /// How far the members' probabilities are from their mean, squared, the mean over members.
    pub ambiguity: Option<f64>,
    /// How often two members say different classes.
    pub disagreement: MemberTable,
    /// The correlation of two members' errors: 0 if they know nothing of each other, below 0 if one errs where the other does
    /// not.
    pub correlation: MemberTable,
    /// Yule's Q: as the correlation, but 1 as soon as one member errs only where the other does.
    pub q: MemberTable,
    /// How often two members are both wrong; a member and itself: how often it is.
    pub double_fault: MemberTable,
}

impl DiversityReport {
    /// How often a member was right, the mean over members.
    pub fn mean_accuracy(&self) -> Option<f64> {
        let accuracies: Option<Vec<f64>> = self.accuracies.iter().copied().collect();
        accuracies.map(|accuracies| accuracies.iter().sum::<f64>() / accuracies.len() as f64)
    }
}

impl fmt::Display for DiversityReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.lost.len();
        write!(
            f,
            "{members} {}: accuracy {} on average, {} together",
            if members == 1 { "member" } else { "members" },
            percent(self.mean_accuracy()),
            percent(self.ensemble_accuracy)
        )?;
        if members > 1 {
            write!(
                f,
                "; two disagree on {} and are both wrong on {}",
                percent(self.disagreement.mean()),
                percent(self.double_fault.mean())
            )?;
        }
        write!(
            f,
            "; Brier {} on average, less an ambiguity of {}",
            decimals(self.members_brier),
            decimals(self.ambiguity)
        )?;
        for (member, lost) in self.lost.iter().enumerate().filter(|(_, lost)| **lost > 0) {
            write!(f, "; member {member} is NaN for {lost} of {} samples", self.samples)?;
        }
        Ok(())
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or("NaN".into(), |share| format!("{:.2} %", 100.0 * share))
}

fn decimals(number: Option<f64>) -> String {
    number.map_or("NaN".into(), |number| format!("{number:.4}"))
}
