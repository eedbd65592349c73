//! Knowledge distillation in Burn's own training loop.
//!
//! | Piece | What it is |
//! |---|---|
//! | [`Distillation`] | student, teacher and objective as one model for [`SupervisedTraining`](burn::train::SupervisedTraining) |
//! | [`Student`], [`Batch`] | what your network and your batch have to tell: what is answered, what is seen |
//! | [`Objective`] | what the student learns: named, weighted losses; [`SoftAndHard`] is the usual one |
//! | [`Logits`] | where the metrics find the logits in what a network answers |
//! | [`DistillationMetrics`] | every metric below at once: `training.metrics(DistillationMetrics::new(["soft", "hard"]))` |
//! | [`TermMetric`] | one term of the loss, by its name |
//! | [`ChoicesMetric`], [`CalibrationErrorMetric`] | how often student and teacher are right, how often they agree, how honest each is |
//! | [`ScheduledRate`] | a [`Schedule`](kd_core::Schedule) as learning rate |
//! | [`EpochLoader`] | batches whose order depends on the seed and the epoch alone, so that a run can be taken up again |
//!
//! The teacher is neither optimized nor saved: it is not among the model's parameters. A checkpoint holds the student, what
//! the objective trains (projectors), and how many steps were taken; Burn's learner moves on from it as if it had never
//! stopped.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//!
//! use burn::data::{dataloader::{DataLoader, batcher::Batcher}, dataset::InMemDataset};
//! use burn::{nn::{Linear, LinearConfig}, optim::AdamConfig, prelude::*};
//! use burn::train::{Learner, SupervisedTraining};
//! # use burn::train::logger::InMemoryMetricLogger;
//! use kd_core::Frozen;
//! use kd_train::{Batch, Distillation, DistillationMetrics, EpochLoader, SoftAndHardConfig, Student};
//!
//! // Your network, and one line that says what it answers.
//! #[derive(Module, Debug)]
//! struct Small {
//!     layer: Linear,
//! }
//!
//! impl Student<Tensor<2>> for Small {
//!     type Output = Tensor<2>;
//!
//!     fn answer(&self, points: Tensor<2>) -> Tensor<2> {
//!         self.layer.forward(points)
//!     }
//! }
//!
//! // Your batch, and what is in it.
//! #[derive(Clone, Debug)]
//! struct Points {
//!     points: Tensor<2>,
//!     labels: Tensor<1, Int>,
//! }
//!
//! impl Batch for Points {
//!     type Input = Tensor<2>;
//!
//!     fn input(&self) -> Tensor<2> {
//!         self.points.clone()
//!     }
//!
//!     fn labels(&self) -> Option<Tensor<1, Int>> {
//!         Some(self.labels.clone())
//!     }
//!
//!     fn rows(&self) -> usize {
//!         self.labels.dims()[0]
//!     }
//! }
//!
//! # #[derive(Clone)]
//! # struct ToPoints;
//! # impl Batcher<[f32; 2], Points> for ToPoints {
//! #     fn batch(&self, items: Vec<[f32; 2]>, device: &Device) -> Points {
//! #         let rows = items.len();
//! #         let labels: Vec<i32> = items.iter().map(|[x, y]| i32::from(x > y)).collect();
//! #         Points {
//! #             points: Tensor::from_data(TensorData::new(items.concat(), [rows, 2]), device),
//! #             labels: Tensor::from_data(TensorData::new(labels, [rows]), device),
//! #         }
//! #     }
//! # }
//! # fn points() -> Arc<dyn DataLoader<Points>> {
//! #     let items = (0..24).map(|i| [(i % 5) as f32, (i % 7) as f32]).collect();
//! #     Arc::new(EpochLoader::new(Arc::new(InMemDataset::new(items)), Arc::new(ToPoints), 8, 42))
//! # }
//! # let device = Device::flex().autodiff();
//! # let large = LinearConfig::new(2, 2).init(&device);
//! # let small = Small { layer: LinearConfig::new(2, 2).init(&device) };
//! let teacher = Frozen::new(large, |network: &Linear, points: Tensor<2>| network.forward(points));
//! let objective = SoftAndHardConfig::new().with_temperature(4.0.into()).with_alpha(0.9.into()).init();
//! let model = Distillation::new(small, teacher, objective);
//!
//! # let folder = tempfile::tempdir().unwrap();
//! let training = SupervisedTraining::new(folder.path(), points(), points())
//!     .metrics(DistillationMetrics::new(["soft", "hard"]))
//! #   .with_metric_logger(InMemoryMetricLogger::new())
//! #   .with_application_logger(None)
//! #   .renderer(Box::new(burn::train::renderer::CliMetricsRenderer::new()))
//!     .num_epochs(2);
//! let result = training.launch(Learner::new(model, AdamConfig::new().init(), 1e-2));
//!
//! // A plain module again, to save, to load and to run as ever.
//! let student: Small = result.model.into_student();
//! # let _ = student;
//! ```

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod batch;
mod distillation;
mod epoch_loader;
mod logits;
mod metric;
mod objective;
mod output;
mod read_at_once;
mod scheduled_rate;
mod soft_and_hard;
mod step;
mod steps;
mod student;

pub use batch::Batch;
pub use distillation::Distillation;
pub use epoch_loader::EpochLoader;
pub use logits::Logits;
pub use metric::{AnswersInput, CalibrationErrorMetric, ChoicesMetric, DistillationMetrics, TermInput, TermMetric};
pub use objective::Objective;
pub use output::DistillationOutput;
pub use scheduled_rate::ScheduledRate;
pub use soft_and_hard::{SoftAndHard, SoftAndHardConfig};
pub use student::Student;
