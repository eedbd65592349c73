//! Who learned a task, and how well.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use kd::metrics::Report;
use kd_examples::spread::Spread;
use serde::{Deserialize, Serialize};

use crate::likeness::Likeness;
use crate::objective::Objective;
use crate::student::Start;

/// A student by its ingredients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variation {
    /// The teacher's layers, and the triple loss.
    Whole,
    /// The teacher's layers, and hidden tokens alone.
    WithoutTeacher,
    /// The teacher's layers, and nothing learned of the language.
    WithoutCorpus,
    /// Weights at random, and the triple loss.
    FromNothing,
}

impl Variation {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Whole,
        Self::WithoutTeacher,
        Self::WithoutCorpus,
        Self::FromNothing,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "teacher's layers, triple loss",
            Self::WithoutTeacher => "teacher's layers, masked tokens alone",
            Self::WithoutCorpus => "teacher's layers, no training on the corpus",
            Self::FromNothing => "random weights, triple loss",
        }
    }

    /// In two words, for a file and a picture.
    pub fn short(self) -> &'static str {
        match self {
            Self::Whole => "triple",
            Self::WithoutTeacher => "mlm",
            Self::WithoutCorpus => "copied",
            Self::FromNothing => "random",
        }
    }

    /// What it begins with.
    pub fn start(self) -> Start {
        match self {
            Self::FromNothing => Start::Random,
            _ => Start::Layers,
        }
    }

    /// What it learns from the corpus, if anything.
    pub fn objective(self) -> Option<Objective> {
        match self {
            Self::Whole | Self::FromNothing => Some(Objective::Triple),
            Self::WithoutTeacher => Some(Objective::Mlm),
            Self::WithoutCorpus => None,
        }
    }
}

/// Who learned a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The teacher.
    Teacher,
    /// A student, from labels alone.
    Student(Variation),
    /// The student with all ingredients, from labels and from the teacher that learned the task.
    Taught,
    /// The teacher's layers, which learned its vectors of the task's texts before they learned the labels.
    Adapted,
    /// The same, from labels and from the teacher that learned the task.
    AdaptedAndTaught,
}

impl Who {
    /// In the order of the table.
    pub const ALL: [Self; 8] = [
        Self::Teacher,
        Self::Taught,
        Self::Student(Variation::Whole),
        Self::Student(Variation::WithoutTeacher),
        Self::Student(Variation::WithoutCorpus),
        Self::Student(Variation::FromNothing),
        Self::Adapted,
        Self::AdaptedAndTaught,
    ];

    /// What it is before it learns the labels; `None` for the teacher. Those who learn vectors first are this before that.
    pub fn student(self) -> Option<Variation> {
        match self {
            Self::Teacher => None,
            Self::Student(variation) => Some(variation),
            Self::Taught => Some(Variation::Whole),
            Self::Adapted | Self::AdaptedAndTaught => Some(Variation::WithoutCorpus),
        }
    }

    /// Whether it learns the teacher's vectors of the task's texts.
    pub fn is_adapted(self) -> bool {
        matches!(self, Self::Adapted | Self::AdaptedAndTaught)
    }

    /// Whether the teacher that learned the task has a word in what is learned.
    pub fn is_taught(self) -> bool {
        matches!(self, Self::Taught | Self::AdaptedAndTaught)
    }

    /// In words.
    pub fn name(self) -> String {
        match self {
            Self::Teacher => "the teacher".into(),
            Self::Student(variation) => format!("student: {}", variation.name()),
            Self::Taught => "the first student, taught the task by the teacher as well".into(),
            Self::Adapted => "student: teacher's layers, teacher's vectors of the task's texts".into(),
            Self::AdaptedAndTaught => "student: the teacher's vectors, taught the task by the teacher as well".into(),
        }
    }

    /// In a word, for a file and a picture.
    pub fn short(self) -> &'static str {
        match self {
            Self::Teacher => "teacher",
            Self::Student(variation) => variation.short(),
            Self::Taught => "taught",
            Self::Adapted => "vectors",
            Self::AdaptedAndTaught => "vectors-taught",
        }
    }
}

impl ValueEnum for Who {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.short()).help(self.name()))
    }
}

/// How well a task was learned with one seed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Score {
    /// The task.
    pub task: String,
    /// The seed: of new weights, of the order of the texts, of dropout.
    pub seed: u64,
    /// Who.
    pub who: Who,
    /// How good on texts that nobody learned from.
    #[serde(flatten)]
    pub report: Report,
    /// How long it took to learn, seconds of wall-clock time.
    pub seconds: f64,
    /// How near its vectors of the task's texts were to the teacher's before it learned them, and after; of those who did,
    /// and on texts that are held out.
    pub vectors: Option<[Likeness; 2]>,
}

/// How much of the teacher's accuracy somebody has, percent, seed by seed.
pub fn kept(scores: &[Score], task: &str, who: Who) -> Option<Spread> {
    let of = |who| {
        scores
            .iter()
            .filter(move |score| score.task == task && score.who == who)
    };
    let kept = of(who).filter_map(|score| {
        let teacher = of(Who::Teacher).find(|teacher| teacher.seed == score.seed)?;
        Some(100.0 * score.report.accuracy / teacher.report.accuracy)
    });
    Spread::of(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(accuracy: f64) -> Report {
        let report = json!({"samples": 10, "accuracy": accuracy, "nll": 0.0, "brier": 0.0, "ece": 0.0, "mce": 0.0});
        serde_json::from_value(report).expect("a report")
    }

    #[test]
    fn what_is_kept_is_a_share_of_the_same_seeds_teacher() {
        let score = |seed, who, accuracy| Score {
            task: "mood".into(),
            seed,
            who,
            report: report(accuracy),
            seconds: 0.0,
            vectors: None,
        };
        let scores = [
            score(1, Who::Teacher, 0.8),
            score(1, Who::Taught, 0.6),
            score(2, Who::Teacher, 0.5),
            score(2, Who::Taught, 0.5),
            score(3, Who::Taught, 0.5),
        ];
        let kept = |task, who| super::kept(&scores, task, who);
        let spread = kept("mood", Who::Taught).unwrap();
        assert!((spread.mean - 87.5).abs() < 1e-9 && (spread.min - 75.0).abs() < 1e-9);
        assert_eq!(kept("mood", Who::Student(Variation::Whole)), None);
        assert_eq!(kept("other", Who::Taught), None);
    }
}
