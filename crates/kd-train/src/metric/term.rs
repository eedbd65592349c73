use std::sync::Arc;

use burn::{
    tensor::TensorReadError,
    train::metric::{
        Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
        SerializedEntry,
        state::{FormatOptions, NumericMetricState},
    },
};
use kd_core::LossTerms;

use super::answers::failed;

/// The terms of a step's loss.
#[derive(Clone, Debug)]
pub struct TermInput {
    terms: LossTerms,
    rows: usize,
}

impl TermInput {
    /// Terms that are means over `rows` samples.
    pub fn new(terms: LossTerms, rows: usize) -> Self {
        Self { terms, rows }
    }
}

/// One term of the objective, before its weight.
///
/// In the dashboard it is called `Loss` and the term's name: `Loss soft`.
#[derive(Clone)]
pub struct TermMetric {
    term: String,
    name: MetricName,
    state: NumericMetricState,
}

impl TermMetric {
    /// The term of this name.
    pub fn new(term: impl Into<String>) -> Self {
        let term = term.into();
        Self {
            name: Arc::new(format!("Loss {term}")),
            term,
            state: NumericMetricState::new(),
        }
    }

    fn format(&self) -> FormatOptions {
        FormatOptions::new(self.name()).precision(4)
    }
}

impl Metric for TermMetric {
    type Input = TermInput;

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn description(&self) -> Option<String> {
        Some(format!("The term '{}' of the loss, before its weight.", self.term))
    }

    fn attributes(&self) -> MetricAttributes {
        NumericAttributes {
            unit: None,
            higher_is_better: false,
        }
        .into()
    }

    fn update(&mut self, step: &TermInput, _metadata: &MetricMetadata) -> Result<SerializedEntry, TensorReadError> {
        let Some(term) = step.terms.iter().find(|term| term.name == self.term) else {
            let names: Vec<_> = step.terms.iter().map(|term| format!("'{}'", term.name)).collect();
            return Err(failed(format!(
                "TermMetric: the objective has no term '{}'; it has {}",
                self.term,
                names.join(", ")
            )));
        };
        let value = term.value.clone().try_into_scalar::<f64>()?;
        self.state.update(value, step.rows);
        Ok(self.state.compute_update(self.format()))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.state.compute_final(self.format()))
    }

    fn clear(&mut self) {
        self.state.reset();
    }
}

impl Numeric for TermMetric {
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
