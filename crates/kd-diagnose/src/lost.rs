use std::fmt;

use kd_metrics::Predictions;
use serde::{Deserialize, Serialize};

/// As many as one looks at.
const NAMED: usize = 8;

/// Samples of whom one side's logits have no softmax, which no number of a report is of.
///
/// Shown, it is words for a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LostSamples {
    /// How many there are.
    pub samples: u64,
    /// The first 8 of them.
    pub first: Vec<LostSample>,
}

/// A sample without a softmax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LostSample {
    /// Its number among all that were given, from 0.
    pub sample: u64,
    /// Whether it is the student's logits.
    pub student: bool,
    /// Whether it is the teacher's.
    pub teacher: bool,
}

impl LostSamples {
    /// Which samples of a batch can be counted; `before` were given before it.
    pub(crate) fn look(&mut self, student: &Predictions, teacher: &Predictions, before: u64) -> Vec<bool> {
        // A softmax is NaN in one class if it is in any.
        let is_lost = |row: &[f64]| row[0].is_nan();
        let sides = student.iter().zip(teacher.iter());
        let mut kept = Vec::with_capacity(student.len());
        for (row, ((q, _), (p, _))) in sides.enumerate() {
            let lost = LostSample {
                sample: before + row as u64,
                student: is_lost(q),
                teacher: is_lost(p),
            };
            let is_kept = !(lost.student || lost.teacher);
            if !is_kept {
                self.note(lost);
                self.samples += 1;
            }
            kept.push(is_kept);
        }
        kept
    }

    pub(crate) fn merge(&mut self, other: &Self, before: u64) {
        self.samples += other.samples;
        for lost in &other.first {
            self.note(LostSample {
                sample: before + lost.sample,
                ..*lost
            });
        }
    }

    fn note(&mut self, lost: LostSample) {
        if self.first.len() < NAMED {
            self.first.push(lost);
        }
    }
}

impl fmt::Display for LostSamples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |lost: &LostSample| {
            let side = match (lost.student, lost.teacher) {
                (true, false) => "student",
                (false, true) => "teacher",
                _ => "student and teacher",
            };
            format!("sample {} ({side})", lost.sample)
        };
        let named: Vec<String> = self.first.iter().map(words).collect();
        f.write_str(&named.join(", "))?;
        let more = self.samples - self.first.len() as u64;
        if more > 0 {
            write!(f, " and {more} more")
        } else {
            Ok(())
        }
    }
}
