//! The core of the `kd` family: what every distillation strategy for [Burn](burn) stands on.
//!
//! | Piece | What it is |
//! |---|---|
//! | [`DistillLoss`] | compares a student with a teacher: one value per sample, and their mean |
//! | [`Teacher`] | turns an input into something to learn from; [`Frozen`] makes one of any Burn module |
//! | [`OnDevice`], [`Replicas`] | a teacher on another device, and one on each of several |
//! | `RemoteTeacher` (feature `remote`) | a teacher in another process, which may come back after it was lost |
//! | [`FeatureProjector`] | brings a student's features to the teacher's shape; [`Projected`] puts one before a loss |
//! | [`Features`] | layers' outputs by name: what a model returns that teaches or learns from features |
//! | [`TopK`] | a teacher known only by its best classes, as large vocabularies are recorded |
//! | [`LossTerms`] | named, weighted losses: the total to call `backward` on, the names to log |
//! | [`Schedule`] | a temperature or a weight that changes over training, as a value |
//! | [`MixedPrecision`] | a student that computes in half precision and learns in full |
//! | [`Capacity`], [`Chain`] | how much smaller the student is, and who may stand in between |
//! | [`rows`] | the row-wise numerics beneath the losses: soften, log-probabilities, divergences, masks |
//!
//! Nothing here names a backend. A Burn tensor knows its device, the device picks the backend, and a loss written
//! against these traits runs on all of them.
//!
//! # A loss of your own
//!
//! ```
//! use burn::tensor::Tensor;
//! use kd_core::DistillLoss;
//!
//! /// Mean squared difference of logits (Ba & Caruana, 2014).
//! struct LogitMse;
//!
//! impl DistillLoss<Tensor<2>> for LogitMse {
//!     fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
//!         kd_core::check::same_shape("LogitMse", &student, &teacher);
//!         (student - teacher.without_autodiff()).square().mean_dim(1).squeeze_dim(1)
//!     }
//! }
//!
//! # let device = burn::tensor::Device::flex();
//! let student = Tensor::from_floats([[1.0, 2.0], [3.0, 4.0]], &device);
//! let teacher = Tensor::from_floats([[1.0, 0.0], [3.0, 4.0]], &device);
//! assert_eq!(LogitMse.forward(student, teacher).into_scalar::<f32>(), 1.0);
//! ```

// On docs.rs, what needs a feature says so. Elsewhere this is nothing.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod capacity;
mod cast_floats;
mod chain;
pub mod check;
mod config;
mod error;
mod features;
mod file_lock;
mod frozen;
mod in_order;
mod labelled;
mod linear_logits;
mod loss;
mod mixed_precision;
pub mod number;
mod off_graph;
mod on_device;
mod projected;
mod projector;
#[cfg(feature = "remote")]
mod remote;
mod replicas;
pub mod rows;
mod schedule;
mod seed;
mod teacher;
mod terms;
mod thousands;
mod to_device;
mod top_k;
mod whole_file;

pub use capacity::{Capacity, CapacityPart};
pub use chain::Chain;
pub use config::load_config;
pub use error::Error;
pub use features::{Feature, Features};
pub use file_lock::FileLock;
pub use frozen::Frozen;
pub use in_order::match_in_order;
pub use labelled::Labelled;
pub use linear_logits::LinearLogits;
pub use loss::DistillLoss;
pub use mixed_precision::MixedPrecision;
pub use off_graph::OffGraph;
pub use on_device::OnDevice;
pub use projected::Projected;
pub use projector::{FeatureProjector, Identity, ProjectorFn, projector_fn};
#[cfg(feature = "remote")]
pub use remote::RemoteTeacher;
pub use replicas::Replicas;
pub use schedule::Schedule;
pub use seed::seed_for;
pub use teacher::{Teacher, TeacherFn, teacher_fn};
pub use terms::{LossTerm, LossTerms};
pub use thousands::thousands;
pub use to_device::ToDevice;
pub use top_k::TopK;
pub use whole_file::{remove_unfinished, write_whole};
