use std::sync::Arc;

use burn::{
    tensor::TensorReadError,
    train::metric::{
        Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
        SerializedEntry, format_float,
    },
};
use kd_metrics::Calibration;

use super::answers::AnswersInput;

/// How honest confidences are: the expected calibration error (ECE) of [`Calibration`], in percent.
///
/// It is that of the epoch so far, since a batch is too small to have one. Every update reads the logits back from their
/// device; on a GPU that costs a wait, as every metric does.
#[derive(Clone)]
pub struct CalibrationErrorMetric {
    whose: Whose,
    name: MetricName,
    calibration: Calibration,
}

#[derive(Clone, Copy)]
enum Whose {
    Student,
    Teacher,
}

impl CalibrationErrorMetric {
    /// The student's.
    pub fn student() -> Self {
        Self::of(Whose::Student, "Student ECE")
    }

    /// The teacher's.
    pub fn teacher() -> Self {
        Self::of(Whose::Teacher, "Teacher ECE")
    }

    fn of(whose: Whose, name: &str) -> Self {
        Self {
            whose,
            name: Arc::new(name.into()),
            calibration: Calibration::default(),
        }
    }

    fn percent(&self) -> f64 {
        100.0 * self.calibration.expected_error().unwrap_or(f64::NAN)
    }

    fn entry(&self, value: NumericEntry) -> SerializedEntry {
        SerializedEntry::new(
            format!("epoch {} %", format_float(value.current(), 2)),
            value.serialize(),
        )
    }
}

impl Metric for CalibrationErrorMetric {
    type Input = AnswersInput;

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn description(&self) -> Option<String> {
        Some("Expected calibration error of the epoch so far: how far confidence and accuracy are apart.".into())
    }

    fn attributes(&self) -> MetricAttributes {
        NumericAttributes {
            unit: Some("%".into()),
            higher_is_better: false,
        }
        .into()
    }

    fn update(&mut self, step: &AnswersInput, _metadata: &MetricMetadata) -> Result<SerializedEntry, TensorReadError> {
        if step.is_empty() {
            return Ok(self.entry(NumericEntry::Value(self.percent())));
        }
        let logits = match self.whose {
            Whose::Student => step.student(&self.name)?,
            Whose::Teacher => step.teacher(&self.name)?,
        };
        self.calibration.update(logits, step.labels(&self.name)?);
        Ok(self.entry(NumericEntry::Value(self.percent())))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.entry(self.final_value()))
    }

    fn clear(&mut self) {
        self.calibration = Calibration::default();
    }
}

impl Numeric for CalibrationErrorMetric {
    fn value(&self) -> Option<NumericEntry> {
        Some(NumericEntry::Value(self.percent()))
    }

    fn running_value(&self) -> Option<NumericEntry> {
        self.value()
    }

    fn final_value(&self) -> NumericEntry {
        NumericEntry::Final(self.percent())
    }
}
