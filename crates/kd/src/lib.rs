//! Knowledge distillation for [Burn](burn): every strategy behind one door.
//!
#![doc = include_str!("../README.md")]
// On docs.rs, what needs a feature says so. Elsewhere this is nothing.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "remote")]
pub use kd_core::RemoteTeacher;
pub use kd_core::{
    DistillLoss, Error, Feature, FeatureProjector, Features, Frozen, Identity, Labelled, LinearLogits, LossTerm,
    LossTerms, MixedPrecision, OffGraph, OnDevice, Projected, ProjectorFn, Replicas, Schedule, Teacher, TeacherFn,
    ToDevice, TopK, load_config, projector_fn, seed_for, teacher_fn, write_whole,
};

/// A teacher's outputs by sample, recorded once.
pub use kd_cache as cache;
/// The checks of the family and what they say.
pub use kd_core::check;
/// Row-wise numerics: soften, log-probabilities, divergences, masks.
pub use kd_core::rows;
/// Which temperature, which weight, which student: answers from a few batches.
pub use kd_diagnose as diagnose;
/// Many teachers as one, and the making of them.
pub use kd_ensemble as ensemble;
/// Learning from a teacher's features.
pub use kd_feature as feature;
/// Fused row-wise divergences, for losses of your own.
pub use kd_kernels as kernels;
/// How good, how honest and how alike predictions are: calibration, likelihood, agreement.
pub use kd_metrics as metrics;
/// Networks that teach themselves: exits, earlier selves, other views, peers.
pub use kd_self as self_distillation;
/// Learning from a teacher's soft labels.
pub use kd_soft_label as soft_label;
/// In Burn's own training loop.
#[cfg(feature = "train")]
pub use kd_train as train;
/// What a large transformer teaches a small one.
pub use kd_transformer as transformer;
/// Temperatures, alphas and weights, chosen on a validation split.
pub use kd_tune as tune;

/// The program of the book's first chapter, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/first_distillation.md")]
struct FirstDistillation;

/// The example of the chapter on which loss to take, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/choosing.md")]
struct Choosing;

/// The examples of the chapter on pitfalls, compiled and run.
#[cfg(all(doctest, feature = "autodiff"))]
#[doc = include_str!("../../../docs/pitfalls.md")]
struct Pitfalls;

/// The weights of other libraries, compared with ours.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/coming_from.md")]
struct ComingFrom;

/// The examples of the chapter on self-distillation, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/self_distillation.md")]
struct SelfDistillation;

/// The examples of the chapter on ensembles, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/ensembles.md")]
struct Ensembles;

/// The program of the chapter on Burn's training loop, compiled and run.
#[cfg(all(doctest, feature = "autodiff", feature = "train"))]
#[doc = include_str!("../../../docs/learner.md")]
struct LearnerChapter;

/// The examples of the chapter on devices, compiled and, where they need no second process, run.
#[cfg(all(doctest, feature = "remote"))]
#[doc = include_str!("../../../docs/devices.md")]
struct Devices;

/// The examples of the chapter on diagnosis, compiled and run.
#[cfg(all(doctest, feature = "autodiff"))]
#[doc = include_str!("../../../docs/diagnosis.md")]
struct DiagnosisChapter;

/// The examples of the chapter on accumulation and mixed precision, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/precision.md")]
struct Precision;

/// The examples of the chapter on transformers, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/transformers.md")]
struct Transformers;

/// The examples of the chapter on tuning, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/tuning.md")]
struct Tuning;

/// What most training loops need: `use kd::prelude::*;`.
pub mod prelude {
    pub use kd_core::{DistillLoss, FeatureProjector, Frozen, Labelled, LossTerms, Projected, Schedule, Teacher};
    pub use kd_soft_label::{KnowledgeDistillationLossConfig, SoftLabelLossConfig};
}
