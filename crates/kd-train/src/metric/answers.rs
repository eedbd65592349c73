use burn::tensor::{Int, Tensor, TensorReadError};
use burn_std::ExecutionError;

/// What student and teacher said of a batch, and what was right.
#[derive(Clone, Debug)]
pub struct AnswersInput {
    student: Option<Tensor<2>>,
    teacher: Option<Tensor<2>>,
    labels: Option<Tensor<1, Int>>,
}

impl AnswersInput {
    /// Logits `[rows, classes]` and labels `[rows]`, as far as there are any.
    pub fn new(student: Option<Tensor<2>>, teacher: Option<Tensor<2>>, labels: Option<Tensor<1, Int>>) -> Self {
        Self {
            student,
            teacher,
            labels,
        }
    }

    pub(super) fn student(&self, metric: &str) -> Result<Tensor<2>, TensorReadError> {
        needed(metric, "logits of the student", "Logits::logits", &self.student)
    }

    pub(super) fn teacher(&self, metric: &str) -> Result<Tensor<2>, TensorReadError> {
        needed(metric, "logits of the teacher", "Logits::logits", &self.teacher)
    }

    pub(super) fn labels(&self, metric: &str) -> Result<Tensor<1, Int>, TensorReadError> {
        needed(metric, "labels", "Batch::labels", &self.labels)
    }
}

/// What `metric` needs, or an error that says what is missing: the learner then stops by itself, and what it has finished
/// is kept.
fn needed<T: Clone>(metric: &str, what: &str, from: &str, value: &Option<T>) -> Result<T, TensorReadError> {
    value.clone().ok_or_else(|| {
        failed(format!(
            "{metric}: this batch has no {what}; return them from `{from}`, or take the metric out"
        ))
    })
}

/// The kind of error that a metric can return, with words of our own.
pub(super) fn failed(reason: String) -> TensorReadError {
    ExecutionError::WithContext { reason }.into()
}
