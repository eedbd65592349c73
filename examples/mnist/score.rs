//! How a network did: one score per network and seed.

use kd_examples::digits::Digits;
use serde::{Serialize, Serializer};

use crate::answers::Answers;
use crate::missing_digit::MISSING;

/// The networks of the experiment, in the order of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The large network.
    Teacher,
    /// The small one, which learned from the labels.
    Student,
    /// The small one, which learned from the teacher.
    Distilled,
    /// The small one, which learned from the teacher and never saw a 3.
    NoThree,
    /// The same with the bias of 3 raised until 3s are as common among its answers as they should be.
    NoThreePrior,
    /// The same with the bias of 3 that makes the fewest errors on the images it is tested on: the paper's rule.
    NoThreePaper,
}

impl Who {
    /// Those that the first table compares.
    pub const MAIN: [Self; 3] = [Self::Teacher, Self::Student, Self::Distilled];
    /// Those that the second table compares.
    pub const MISSING: [Self; 3] = [Self::NoThree, Self::NoThreePrior, Self::NoThreePaper];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Teacher => "teacher",
            Self::Student => "student alone",
            Self::Distilled => "distilled student",
            Self::NoThree => "never saw a 3",
            Self::NoThreePrior => "bias of 3 by the prior",
            Self::NoThreePaper => "bias of 3 by the test",
        }
    }
}

impl Serialize for Who {
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
    pub who: Who,
    /// Images tested on.
    pub images: usize,
    /// Wrong answers among them.
    pub errors: usize,
    /// 3s among them.
    pub threes: usize,
    /// 3s it got right.
    pub threes_right: usize,
    /// Share of the images on which it says what the teacher says.
    pub agreement: f64,
    /// What was added to its output bias of 3.
    pub raised_bias: f64,
    /// How long its training took, seconds of wall-clock time.
    pub seconds: f64,
}

impl Score {
    /// Marks a network's own answers to `test` against its labels, and compares them with the teacher's.
    pub fn new(seed: u64, who: Who, own: &Answers, teacher: &Answers, test: &Digits) -> Self {
        Self {
            seed,
            who,
            images: test.len(),
            errors: own.errors(test),
            threes: test.labels().iter().filter(|label| **label == MISSING).count(),
            threes_right: own.right(test, MISSING),
            agreement: own.agreement(teacher),
            raised_bias: 0.0,
            seconds: 0.0,
        }
    }

    /// The same, of a network whose output bias of 3 was raised.
    pub fn with_raised_bias(self, raised_bias: f32) -> Self {
        Self {
            raised_bias: raised_bias.into(),
            ..self
        }
    }

    /// The same, of a network whose training took this long.
    pub fn with_seconds(self, seconds: f64) -> Self {
        Self { seconds, ..self }
    }

    /// Share of the images it got wrong, percent.
    pub fn error_percent(&self) -> f64 {
        100.0 * self.errors as f64 / self.images as f64
    }

    /// Share of the 3s it got right, percent.
    pub fn threes_percent(&self) -> f64 {
        100.0 * self.threes_right as f64 / self.threes as f64
    }
}

/// How much of the way from student to teacher distillation went, percent, for each seed in which all three are
/// finished and the teacher is better than the student.
pub fn gap_closed(scores: &[Score]) -> Vec<f64> {
    let errors = |seed, who| {
        let score = scores.iter().find(|score| score.seed == seed && score.who == who)?;
        Some(score.errors as f64)
    };
    let closed = |seed| {
        let [teacher, student, distilled] = Who::MAIN.map(|who| errors(seed, who));
        let (teacher, student, distilled) = (teacher?, student?, distilled?);
        (student > teacher).then(|| 100.0 * (student - distilled) / (student - teacher))
    };
    let seeds = scores
        .iter()
        .filter(|score| score.who == Who::Distilled)
        .map(|score| score.seed);
    seeds.filter_map(closed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(seed: u64, who: Who, errors: usize) -> Score {
        Score {
            seed,
            who,
            images: 10_000,
            errors,
            threes: 1010,
            threes_right: 505,
            agreement: 1.0,
            raised_bias: 0.0,
            seconds: 1.0,
        }
    }

    #[test]
    fn the_gap_of_the_paper() {
        let scores = [
            score(1, Who::Teacher, 67),
            score(1, Who::Student, 146),
            score(1, Who::Distilled, 74),
        ];
        assert!((gap_closed(&scores)[0] - 91.139).abs() < 1e-3);
        assert_eq!((scores[0].error_percent(), scores[0].threes_percent()), (0.67, 50.0));
    }

    #[test]
    fn unfinished_seeds_and_absent_gaps_do_not_count() {
        let scores = [
            score(1, Who::Teacher, 70),
            score(1, Who::Student, 140),
            score(2, Who::Teacher, 140),
            score(2, Who::Student, 140),
            score(2, Who::Distilled, 100),
        ];
        assert!(gap_closed(&scores).is_empty());
    }
}
