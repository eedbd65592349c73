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

/// How often the teacher's likeliest class is the true one, or the student's, in percent.
///
/// Burn's `AccuracyMetric` is the student's accuracy.
#[derive(Clone)]
pub struct TeacherMetric {
    compared_with: ComparedWith,
    name: MetricName,
    state: NumericMetricState,
}

#[derive(Clone, Copy)]
enum ComparedWith {
    Labels,
    Student,
}

impl TeacherMetric {
    /// How often the teacher is right. It needs labels.
    pub fn accuracy() -> Self {
        Self::new(ComparedWith::Labels, "Teacher Accuracy")
    }

    /// How often student and teacher say the same, right or wrong. It needs no labels.
    pub fn agreement() -> Self {
        Self::new(ComparedWith::Student, "Teacher Agreement")
    }

    fn new(compared_with: ComparedWith, name: &str) -> Self {
        Self {
            compared_with,
            name: Arc::new(name.into()),
            state: NumericMetricState::new(),
        }
    }

    fn format(&self) -> FormatOptions {
        FormatOptions::new(self.name()).unit("%").precision(2)
    }
}

impl Metric for TeacherMetric {
    type Input = AnswersInput;

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn description(&self) -> Option<String> {
        let what = match self.compared_with {
            ComparedWith::Labels => "How often the teacher is right.",
            ComparedWith::Student => "How often student and teacher say the same.",
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
        let teacher = likeliest(step.teacher(&self.name)?);
        let other = match self.compared_with {
            ComparedWith::Labels => step.labels(&self.name)?,
            ComparedWith::Student => likeliest(step.student(&self.name)?),
        };
        let rows = teacher.dims()[0];
        let equal = teacher.equal(other).int().sum().try_into_scalar::<f64>()?;
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

impl Numeric for TeacherMetric {
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
