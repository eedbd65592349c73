//! Learning from a teacher's soft labels.
//!
//! | Loss | Learns from |
//! |---|---|
//! | [`SoftLabelLoss`] | the teacher's softened probabilities (Hinton, Vinyals & Dean, 2015) |
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

mod corrected;
mod decoupled;
mod knowledge_distillation;
mod normalized;
mod smoothed;
mod soft_label;
mod split;
mod standardized;
mod weighted;

pub use corrected::{CorrectedSoftLabelLoss, CorrectedSoftLabelLossConfig};
pub use decoupled::{DecoupledKdLoss, DecoupledKdLossConfig};
pub use knowledge_distillation::{KnowledgeDistillationLoss, KnowledgeDistillationLossConfig};
pub use normalized::{NormalizedKdLoss, NormalizedKdLossConfig};
pub use smoothed::{SmoothedLabels, SmoothedLabelsConfig};
pub use soft_label::{SoftLabelLoss, SoftLabelLossConfig};
pub use standardized::Standardized;
pub use weighted::{WeightedSoftLabelLoss, WeightedSoftLabelLossConfig};
