use kd_metrics::Predictions;
use serde::{Deserialize, Serialize};

/// One class: whether the student follows where the teacher says it, and how often both are right where it is the label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClassAgreement {
    /// Samples that are of this class for the teacher.
    pub chosen: u64,
    /// Those of them that are of this class for the student too.
    pub agreed: u64,
    /// Samples whose label is this class.
    pub labelled: u64,
    /// Those of them that the student gets right.
    pub student_right: u64,
    /// Those of them that the teacher gets right.
    pub teacher_right: u64,
}

impl ClassAgreement {
    /// How often the student follows; `None` if the teacher never says the class.
    pub fn agreement(&self) -> Option<f64> {
        share(self.agreed, self.chosen)
    }

    /// How often the student is right; `None` if no label is this class.
    pub fn student_accuracy(&self) -> Option<f64> {
        share(self.student_right, self.labelled)
    }

    /// How often the teacher is right; `None` if no label is this class.
    pub fn teacher_accuracy(&self) -> Option<f64> {
        share(self.teacher_right, self.labelled)
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.chosen += other.chosen;
        self.agreed += other.agreed;
        self.labelled += other.labelled;
        self.student_right += other.student_right;
        self.teacher_right += other.teacher_right;
    }
}

/// Counts samples of which no prediction is NaN.
pub(crate) fn count(classes: &mut [ClassAgreement], student: &Predictions, teacher: &Predictions, labelled: bool) {
    for ((q, label), (p, _)) in student.iter().zip(teacher.iter()) {
        let (student, teacher) = (first(q), first(p));
        classes[teacher].chosen += 1;
        classes[teacher].agreed += u64::from(student == teacher);
        if labelled {
            classes[label].labelled += 1;
            classes[label].student_right += u64::from(student == label);
            classes[label].teacher_right += u64::from(teacher == label);
        }
    }
}

/// The likeliest class, of equally likely ones the first.
fn first(row: &[f64]) -> usize {
    let later = |best: usize, class: usize| if row[class] > row[best] { class } else { best };
    (0..row.len()).reduce(later).unwrap_or_default()
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
