//! What Burn's learner shows where there is no terminal for its dashboard: a line now and then, as the other trainings do.

use std::collections::{BTreeMap, HashMap};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use burn::train::logger::{EvaluationProgressLogger, TrainingProgressLogger};
use burn::train::metric::{MetricDefinition, MetricId};
use burn::train::renderer::{
    EvaluationName, MetricState, MetricsRenderer, MetricsRendererEvaluation, MetricsRendererTraining,
};
use burn::train::{LearnerModel, SupervisedTraining};

/// Between two lines of the same training.
const QUIET: Duration = Duration::from_secs(30);

/// Burn's dashboard on a terminal, lines elsewhere.
pub fn shown<M: LearnerModel>(training: SupervisedTraining<M>, name: &str) -> SupervisedTraining<M> {
    if std::io::stdout().is_terminal() {
        training.label(name)
    } else {
        training.renderer(Box::new(PlainDashboard::new(name)))
    }
}

/// Prints the last values of an epoch's validation.
struct PlainDashboard {
    name: String,
    epochs: usize,
    began: Instant,
    last_line: Instant,
    names: HashMap<MetricId, String>,
    values: BTreeMap<String, f64>,
}

impl PlainDashboard {
    fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            epochs: 0,
            began: Instant::now(),
            last_line: Instant::now(),
            names: HashMap::new(),
            values: BTreeMap::new(),
        }
    }
}

impl MetricsRendererTraining for PlainDashboard {
    fn update_train(&mut self, _state: MetricState) {}

    fn update_valid(&mut self, state: MetricState) {
        if let MetricState::Numeric(entry, Some(value)) = state
            && let Some(name) = self.names.get(&entry.metric_id)
        {
            self.values.insert(name.clone(), value.current());
        }
    }
}

impl TrainingProgressLogger for PlainDashboard {
    fn start(&mut self, epochs: usize, _from: usize, _items: Option<usize>, _label: Option<&str>) {
        self.epochs = epochs;
    }

    fn update_epoch(&mut self, epoch: usize) {
        if epoch == self.epochs || self.last_line.elapsed() >= QUIET {
            self.last_line = Instant::now();
            let values: Vec<_> = self
                .values
                .iter()
                .map(|(name, value)| format!("{name} {value:.4}"))
                .collect();
            let seconds = self.began.elapsed().as_secs_f64();
            eprintln!(
                "{}: epoch {epoch}/{} {} ({seconds:.0} s)",
                self.name,
                self.epochs,
                values.join(", ")
            );
        }
    }

    fn start_split(&mut self, _split: &str, _items: usize) {}
    fn update_split(&mut self, _items: usize) {}
    fn end_split(&mut self) {}
    fn end(&mut self) {}
    fn log_event_training(&mut self, _event: String) {}
}

impl MetricsRendererEvaluation for PlainDashboard {
    fn update_test(&mut self, _name: EvaluationName, _state: MetricState) {}
}

impl EvaluationProgressLogger for PlainDashboard {
    fn start_global_progress(&mut self, _tests: usize) {}
    fn start_test(&mut self, _name: &str, _items: usize) {}
    fn update_test_progress(&mut self, _items: usize) {}
    fn end_test(&mut self) {}
    fn end_global_progress(&mut self) {}
    fn log_event_evaluation(&mut self, _event: String) {}
}

impl MetricsRenderer for PlainDashboard {
    fn manual_close(&mut self) {}

    fn register_metric(&mut self, definition: MetricDefinition) {
        self.names.insert(definition.metric_id, definition.name.to_string());
    }
}
