//! Knowledge distillation for [Burn](burn): every strategy behind one door.
//!
#![doc = include_str!("../README.md")]

pub use kd_core::{
    DistillLoss, Error, Feature, FeatureProjector, Features, Frozen, Identity, Labelled, LinearLogits, LossTerm,
    LossTerms, OffGraph, Projected, ProjectorFn, Schedule, Teacher, TeacherFn, TopK, load_config, projector_fn,
    seed_for, teacher_fn,
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
/// What a large transformer teaches a small one.
pub use kd_transformer as transformer;
/// Temperatures, alphas and weights, chosen on a validation split.
pub use kd_tune as tune;

/// The examples of the chapter on self-distillation, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/self_distillation.md")]
struct SelfDistillation;

/// The examples of the chapter on ensembles, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/ensembles.md")]
struct Ensembles;

/// The examples of the chapter on diagnosis, compiled and run.
#[cfg(all(doctest, feature = "autodiff"))]
#[doc = include_str!("../../../docs/diagnosis.md")]
struct DiagnosisChapter;

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
