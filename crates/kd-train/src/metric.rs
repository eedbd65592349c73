//! Metrics for the dashboard.

mod all;
mod answers;
mod calibration;
mod teacher;
mod term;

pub use all::DistillationMetrics;
pub use answers::AnswersInput;
pub use calibration::CalibrationErrorMetric;
pub use teacher::TeacherMetric;
pub use term::{TermInput, TermMetric};
