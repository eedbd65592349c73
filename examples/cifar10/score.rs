//! How a network did: one score per network and seed.

use kd_examples::cifar10::photos::Photos;
use serde::{Serialize, Serializer};

use crate::answers::Answers;

/// The networks of the experiment, in the order of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The large network.
    Teacher,
    /// The small one, which learned from the labels.
    Alone,
    /// From the labels and the teacher's soft labels.
    SoftLabels,
    /// From the labels and the teacher's features, first block from first block.
    ByIndex,
    /// The same, last block from last block, the others evenly spaced.
    EvenlySpaced,
    /// The same, each block from the one that is most like it.
    ByAlignment,
    /// From the labels, soft labels, and features by alignment.
    Both,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Teacher,
        Self::Alone,
        Self::SoftLabels,
        Self::ByIndex,
        Self::EvenlySpaced,
        Self::ByAlignment,
        Self::Both,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Teacher => "teacher",
            Self::Alone => "student alone",
            Self::SoftLabels => "soft labels",
            Self::ByIndex => "features by index",
            Self::EvenlySpaced => "features evenly spaced",
            Self::ByAlignment => "features by alignment",
            Self::Both => "features + soft labels",
        }
    }
}

impl Serialize for Way {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// How one network did with one seed, after its last epoch.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// The seed of the whole run.
    pub seed: u64,
    /// The network.
    pub who: Way,
    /// Images tested on.
    pub images: usize,
    /// Wrong answers among them.
    pub errors: usize,
    /// Share of the images on which it says what the teacher says.
    pub agreement: f64,
    /// How long its training and test took, seconds of wall-clock time.
    pub seconds: f64,
}

impl Score {
    /// Marks a network's own answers to `test` against its labels, and compares them with the teacher's.
    pub fn new(seed: u64, who: Way, own: &Answers, teacher: &Answers, test: &Photos) -> Self {
        Self {
            seed,
            who,
            images: test.len(),
            errors: own.errors(test),
            agreement: own.agreement(teacher),
            seconds: 0.0,
        }
    }

    /// The same, of a network that took this long.
    pub fn with_seconds(self, seconds: f64) -> Self {
        Self { seconds, ..self }
    }

    /// Share of the images it got wrong, percent.
    pub fn error_percent(&self) -> f64 {
        100.0 * self.errors as f64 / self.images as f64
    }
}

/// How much of the way from the student alone to the teacher a student went, percent, for each seed in which all three are
/// finished and the teacher is better than the student.
pub fn gap_closed(scores: &[Score], who: Way) -> Vec<f64> {
    let of = |seed, who| {
        let score = scores.iter().find(|score| score.seed == seed && score.who == who)?;
        Some(score.errors as f64)
    };
    let closed = |score: &Score| {
        let (teacher, alone) = (of(score.seed, Way::Teacher)?, of(score.seed, Way::Alone)?);
        (alone > teacher).then(|| 100.0 * (alone - score.errors as f64) / (alone - teacher))
    };
    scores
        .iter()
        .filter(|score| score.who == who)
        .filter_map(closed)
        .collect()
}

/// Errors that one way makes fewer than another, percent of the images, for each seed in which both are finished: seeds
/// share their teacher and the student's first weights, so the difference says more than the two means.
pub fn advantage(scores: &[Score], way: Way, over: Way) -> Vec<f64> {
    let pairs = scores.iter().filter(|score| score.who == way).filter_map(|score| {
        let other = scores
            .iter()
            .find(|other| other.seed == score.seed && other.who == over)?;
        Some(other.error_percent() - score.error_percent())
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(seed: u64, who: Way, errors: usize) -> Score {
        Score {
            seed,
            who,
            images: 1000,
            errors,
            agreement: 1.0,
            seconds: 1.0,
        }
    }

    #[test]
    fn gaps_and_advantages_are_within_a_seed() {
        let scores = [
            score(1, Way::Teacher, 100),
            score(1, Way::Alone, 200),
            score(1, Way::ByIndex, 180),
            score(1, Way::ByAlignment, 150),
            score(2, Way::Teacher, 200),
            score(2, Way::Alone, 200),
            score(2, Way::ByAlignment, 190),
        ];
        assert_eq!(gap_closed(&scores, Way::ByAlignment), [50.0]);
        let advantage = advantage(&scores, Way::ByAlignment, Way::ByIndex);
        assert!(advantage.len() == 1 && (advantage[0] - 3.0).abs() < 1e-9);
    }
}
