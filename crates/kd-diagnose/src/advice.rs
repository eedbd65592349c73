use std::{cmp::Reverse, fmt};

use serde::{Deserialize, Serialize};

use crate::{CapacityReport, GradientReport, Report};

mod capacity;
mod classes;
mod gradients;
mod models;
mod softness;

/// What a number means, and what to do about it.
///
/// | Said if | Reason |
/// |---|---|
/// | the second choice has less than a tenth at the lowest temperature | a rule of thumb: with less, targets are labels all but in name |
/// | half of the samples have that tenth at 1.5 times the temperature of the mean or higher, or nowhere | a rule of thumb: the mean is about few samples |
/// | the entropy is above nine tenths of log C | a rule of thumb: with more, classes can hardly be told apart |
/// | there are fewer than 100 samples | of 100 the standard error of a share is up to 5 points |
/// | accuracies are two standard errors apart | by chance that is so once in twenty times |
/// | ECE is above 5 %, and twice what an honest model has on as many samples | the first is a rule of thumb; the second is chance, for ECE is never below 0 |
/// | a class of 10 samples or more is behind | by chance that is so of any class in at most one of twenty reports, however many classes there are |
/// | a term's weighted gradient is less than a tenth of the largest | a rule of thumb |
/// | two terms have a cosine below −0.1 | below 0 a step on one undoes some of the other, to first order; the tenth is left to chance |
/// | a term and the total have a cosine below −0.1 | below 0 its loss rises, to first order; the tenth is left to chance |
/// | the teacher has more than 5 times the parameters | a rule of thumb, see [`Capacity`](kd_core::Capacity) |
/// | the teacher takes less than half as many times as long as it is larger | a rule of thumb |
///
/// Shown, it is its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Advice {
    /// How pressing it is.
    pub level: Level,
    /// What is the case, and what to do.
    pub text: String,
}

/// How pressing an [`Advice`] is; what is more pressing is greater, so the greatest of some is the worst.
///
/// ```
/// use kd_diagnose::Level;
///
/// assert!(Level::Note < Level::Suggestion && Level::Suggestion < Level::Warning);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Level {
    /// To know when reading the numbers.
    Note,
    /// Something could be better.
    Suggestion,
    /// Something is probably wrong.
    Warning,
}

impl Advice {
    fn warning(text: impl Into<String>) -> Self {
        Self::new(Level::Warning, text)
    }

    fn suggestion(text: impl Into<String>) -> Self {
        Self::new(Level::Suggestion, text)
    }

    fn note(text: impl Into<String>) -> Self {
        Self::new(Level::Note, text)
    }

    fn new(level: Level, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { level, text }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// All there is to say, the most pressing first.
pub(crate) fn of(report: &Report) -> Vec<Advice> {
    let mut advice = models::samples(report);
    advice.extend(report.softness.iter().flat_map(softness::of));
    advice.extend(models::of(report));
    advice.extend(classes::of(report));
    advice.extend(report.gradients.iter().flat_map(gradients::of));
    advice.extend(report.capacity.iter().flat_map(capacity::of));
    in_order(advice)
}

/// What there is to say of sizes alone.
pub(crate) fn of_capacity(report: &CapacityReport) -> Vec<Advice> {
    in_order(capacity::of(report))
}

/// What there is to say of gradients alone.
pub(crate) fn of_gradients(report: &GradientReport) -> Vec<Advice> {
    in_order(gradients::of(report))
}

fn in_order(mut advice: Vec<Advice>) -> Vec<Advice> {
    advice.sort_by_key(|advice| Reverse(advice.level));
    advice
}
