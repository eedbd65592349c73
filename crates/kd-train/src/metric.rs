//! Metrics for the dashboard.

mod all;
mod answers;
mod calibration;
mod choices;
mod term;

pub use all::DistillationMetrics;
pub use answers::AnswersInput;
pub use calibration::CalibrationErrorMetric;
pub use choices::ChoicesMetric;
pub use term::{TermInput, TermMetric};
