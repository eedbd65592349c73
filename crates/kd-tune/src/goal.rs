use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// Whether a small score is a good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The smaller the better: errors, losses.
    Minimize,
    /// The larger the better: accuracy, agreement.
    Maximize,
}

impl Goal {
    /// The better score first, and one that is not a number last, whatever the goal.
    pub(crate) fn compare(self, left: Option<f64>, right: Option<f64>) -> Ordering {
        match (left, right) {
            (Some(left), Some(right)) => match self {
                Self::Minimize => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
                Self::Maximize => right.partial_cmp(&left).unwrap_or(Ordering::Equal),
            },
            (left, right) => right.is_some().cmp(&left.is_some()),
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Minimize => "minimize",
            Self::Maximize => "maximize",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_number_is_worst() {
        let sorted = |goal: Goal| {
            let mut scores = [Some(2.0), None, Some(1.0), Some(3.0), None];
            scores.sort_by(|left, right| goal.compare(*left, *right));
            scores
        };
        assert_eq!(sorted(Goal::Minimize), [Some(1.0), Some(2.0), Some(3.0), None, None]);
        assert_eq!(sorted(Goal::Maximize), [Some(3.0), Some(2.0), Some(1.0), None, None]);
    }
}
