use std::sync::Arc;

use burn::{
    tensor::{Int, Tensor, TensorReadError},
    train::metric::{
        Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
        SerializedEntry,
        state::{FormatOptions, NumericMetricState},
    },
};

use super::answers::AnswersInput;

/// How often two choose the same class, in percent: the student and the truth, the teacher and the truth, or both of them.
///
/// A choice is the likeliest class. Of equally likely ones it is the backend's, and of a row with NaN too: it says something of
/// networks that have something to say. Rows that a batch does not [count](crate::Batch::counted) are left out.
#[derive(Clone)]
pub struct ChoicesMetric {
    of: Of,
    name: MetricName,
    state: NumericMetricState,
}

#[derive(Clone, Copy)]
enum Of {
    StudentAndLabels,
    TeacherAndLabels,
    StudentAndTeacher,
}

impl ChoicesMetric {
    /// How often the student is right: "Accuracy", as Burn's own, but with an error where Burn's has a panic.
    pub fn accuracy() -> Self {
        Self::new(Of::StudentAndLabels, "Accuracy")
    }

    /// How often the teacher is right.
    pub fn teacher_accuracy() -> Self {
        Self::new(Of::TeacherAndLabels, "Teacher Accuracy")
    }

    /// How often student and teacher say the same, right or wrong. It needs no labels.
    pub fn agreement() -> Self {
        Self::new(Of::StudentAndTeacher, "Teacher Agreement")
    }

    fn new(of: Of, name: &str) -> Self {
        Self {
            of,
            name: Arc::new(name.into()),
            state: NumericMetricState::new(),
        }
    }

    fn format(&self) -> FormatOptions {
        FormatOptions::new(self.name()).unit("%").precision(2)
    }
}

impl Metric for ChoicesMetric {
    type Input = AnswersInput;

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn description(&self) -> Option<String> {
        let what = match self.of {
            Of::StudentAndLabels => "How often the student is right.",
            Of::TeacherAndLabels => "How often the teacher is right.",
            Of::StudentAndTeacher => "How often student and teacher say the same.",
        };
        Some(what.into())
    }

    fn attributes(&self) -> MetricAttributes {
        NumericAttributes {
            unit: Some("%".into()),
            higher_is_better: true,
        }
        .into()
    }

    fn update(&mut self, step: &AnswersInput, _metadata: &MetricMetadata) -> Result<SerializedEntry, TensorReadError> {
        if step.is_empty() {
            return Ok(self.state.compute_update(self.format()));
        }
        let (one, other) = match self.of {
            Of::StudentAndLabels => (likeliest(step.student(&self.name)?), step.labels(&self.name)?),
            Of::TeacherAndLabels => (likeliest(step.teacher(&self.name)?), step.labels(&self.name)?),
            Of::StudentAndTeacher => (
                likeliest(step.student(&self.name)?),
                likeliest(step.teacher(&self.name)?),
            ),
        };
        let rows = one.dims()[0];
        let equal = one.equal(other).int().sum().try_into_scalar::<f64>()?;
        self.state.update(100.0 * equal / rows as f64, rows);
        Ok(self.state.compute_update(self.format()))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.state.compute_final(self.format()))
    }

    fn clear(&mut self) {
        self.state.reset();
    }
}

impl Numeric for ChoicesMetric {
    fn value(&self) -> Option<NumericEntry> {
        Some(self.state.current_value())
    }

    fn running_value(&self) -> Option<NumericEntry> {
        Some(self.state.running_value())
    }

    fn final_value(&self) -> NumericEntry {
        self.state.final_value()
    }
}

/// The likeliest class of each row, `[rows]`.
fn likeliest(logits: Tensor<2>) -> Tensor<1, Int> {
    logits.argmax(1).squeeze_dim(1)
}
