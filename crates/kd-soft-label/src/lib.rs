//! Learning from a teacher's soft labels.
//!
//! | Loss | Learns from |
//! |---|---|
//! | [`SoftLabelLoss`] | the teacher's softened probabilities (Hinton, Vinyals & Dean, 2015) |
//! | [`ReverseKlLoss`], [`SymmetricKlLoss`], [`AdaptiveKlLoss`] | KL the other way round, both ways, both ways by row |
//! | [`JensenShannonLoss`], [`SkewKlLoss`], [`SkewReverseKlLoss`] | divergences to a mixture of teacher and student |
//! | [`TotalVariationLoss`], [`SoftCrossEntropyLoss`] | the distance of the probabilities; KL with the teacher's entropy |
//! | [`LogitMseLoss`] | the logits themselves |
//! | [`KnowledgeDistillationLoss`] | the same mixed with the true labels: the objective the field calls KD |
//! | [`DecoupledKdLoss`] | the label and the other classes, weighted apart: DKD (Zhao et al., 2022) |
//! | [`NormalizedKdLoss`] | the same in cross-entropies, the label's at the teacher's certainty: NKD (Yang et al., 2023) |
//! | [`WeightedSoftLabelLoss`] | soft labels, less where the student is better already: WSLD (Zhou et al., 2021) |
//! | [`CorrectedSoftLabelLoss`] | soft labels in which the label leads: minifinetuning (Belcak et al., 2025) |
//!
//! | Piece | What it is |
//! |---|---|
//! | [`Standardized`] | any of the losses on logits of mean 0 and standard deviation 1: LSKD (Sun et al., 2024) |
//! | [`SmoothedLabels`] | a teacher that needs labels alone: label smoothing (Szegedy et al., 2016) |
//!
//! Every loss implements [`DistillLoss`](kd_core::DistillLoss); its `Config` is a Burn config, so it can be saved.

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod adaptive_kl;
mod adversarial_temperature;
mod corrected;
mod correlation;
mod curriculum_temperature;
mod decoupled;
mod divergence_loss;
mod interpolated_teacher;
mod interpolation_schedule;
mod jensen_shannon;
mod knowledge_distillation;
mod linear;
mod logit_mse;
mod multi_level;
mod normalized;
mod reverse_kl;
mod skew_kl;
mod skew_reverse_kl;
mod smoothed;
mod soft_cross_entropy;
mod soft_label;
mod softened;
mod sparse_rule;
mod sparse_soft_label;
mod split;
mod standardized;
mod symmetric_kl;
mod total_variation;
mod universal_logit;
mod weighted;

pub use adaptive_kl::{AdaptiveKlLoss, AdaptiveKlLossConfig};
pub use adversarial_temperature::{CtkdTemperature, CtkdTemperatureConfig};
pub use corrected::{CorrectedSoftLabelLoss, CorrectedSoftLabelLossConfig};
pub use correlation::{DistLoss, DistLossConfig};
pub use curriculum_temperature::{CtkdLoss, CtkdLossConfig};
pub use decoupled::{DecoupledKdLoss, DecoupledKdLossConfig};
pub use interpolated_teacher::{TaidLoss, TaidLossConfig};
pub use interpolation_schedule::{TaidSchedule, TaidScheduleConfig};
pub use jensen_shannon::{JensenShannonLoss, JensenShannonLossConfig};
pub use knowledge_distillation::{KnowledgeDistillationLoss, KnowledgeDistillationLossConfig};
pub use logit_mse::{LogitMseLoss, LogitMseLossConfig};
pub use multi_level::{MultiLevelLoss, MultiLevelLossConfig};
pub use normalized::{NormalizedKdLoss, NormalizedKdLossConfig};
pub use reverse_kl::{ReverseKlLoss, ReverseKlLossConfig};
pub use skew_kl::{SkewKlLoss, SkewKlLossConfig};
pub use skew_reverse_kl::{SkewReverseKlLoss, SkewReverseKlLossConfig};
pub use smoothed::{SmoothedLabels, SmoothedLabelsConfig};
pub use soft_cross_entropy::{SoftCrossEntropyLoss, SoftCrossEntropyLossConfig};
pub use soft_label::{SoftLabelLoss, SoftLabelLossConfig};
pub use sparse_rule::SparseRule;
pub use sparse_soft_label::{SparseSoftLabelLoss, SparseSoftLabelLossConfig};
pub use standardized::Standardized;
pub use symmetric_kl::{SymmetricKlLoss, SymmetricKlLossConfig};
pub use total_variation::{TotalVariationLoss, TotalVariationLossConfig};
pub use universal_logit::{UldLoss, UldLossConfig};
pub use weighted::{WeightedSoftLabelLoss, WeightedSoftLabelLossConfig};
