use burn::tensor::{Bool, Int, Tensor, TensorData, TensorReadError};
use burn_std::ExecutionError;

/// What student and teacher said of a batch, what was right, and which rows count.
#[derive(Clone, Debug, Default)]
pub struct AnswersInput {
    student: Option<Tensor<2>>,
    teacher: Option<Tensor<2>>,
    labels: Option<Tensor<1, Int>>,
    /// Places of the rows that count, if not all do.
    counted: Option<Vec<i32>>,
}

impl AnswersInput {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The student's logits, `[rows, classes]`, if it has any.
    pub fn with_student(self, logits: Option<Tensor<2>>) -> Self {
        Self {
            student: logits,
            ..self
        }
    }

    /// The teacher's logits, `[rows, classes]`, if it has any.
    pub fn with_teacher(self, logits: Option<Tensor<2>>) -> Self {
        Self {
            teacher: logits,
            ..self
        }
    }

    /// The true classes, `[rows]`, if they are known.
    pub fn with_labels(self, labels: Option<Tensor<1, Int>>) -> Self {
        Self { labels, ..self }
    }

    /// Which rows count, `[rows]`, if not all do; reads them from their device.
    pub fn with_counted(self, counted: Option<Tensor<1, Bool>>) -> Self {
        let places = |mask: Tensor<1, Bool>| {
            let mask = mask.into_data();
            let places = mask.iter::<bool>().enumerate().filter(|(_, counts)| *counts);
            places.map(|(place, _)| place as i32).collect()
        };
        Self {
            counted: counted.map(places),
            ..self
        }
    }

    /// Whether no row counts.
    pub(super) fn is_empty(&self) -> bool {
        self.counted.as_ref().is_some_and(Vec::is_empty)
    }

    pub(super) fn student(&self, metric: &str) -> Result<Tensor<2>, TensorReadError> {
        let logits = needed(metric, "logits of the student", "Logits::logits", &self.student)?;
        Ok(match self.counted_on(&logits.device()) {
            Some(places) => logits.select(0, places),
            None => logits,
        })
    }

    pub(super) fn teacher(&self, metric: &str) -> Result<Tensor<2>, TensorReadError> {
        let logits = needed(metric, "logits of the teacher", "Logits::logits", &self.teacher)?;
        Ok(match self.counted_on(&logits.device()) {
            Some(places) => logits.select(0, places),
            None => logits,
        })
    }

    pub(super) fn labels(&self, metric: &str) -> Result<Tensor<1, Int>, TensorReadError> {
        let labels = needed(metric, "labels", "Batch::labels", &self.labels)?;
        Ok(match self.counted_on(&labels.device()) {
            Some(places) => labels.select(0, places),
            None => labels,
        })
    }

    fn counted_on(&self, device: &burn::tensor::Device) -> Option<Tensor<1, Int>> {
        let places = self.counted.clone()?;
        let shape = [places.len()];
        Some(Tensor::from_data(TensorData::new(places, shape), device))
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
