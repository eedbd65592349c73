//! Learning from a teacher's soft labels.
//!
//! | Loss | Learns from |
//! |---|---|
//! | [`SoftLabelLoss`] | the teacher's softened probabilities (Hinton, Vinyals & Dean, 2015) |
//! | [`KnowledgeDistillationLoss`] | the same mixed with the true labels: the objective the field calls KD |
//!
//! Every loss implements [`DistillLoss`](kd_core::DistillLoss); its `Config` is a Burn config, so it can be saved.

mod knowledge_distillation;
mod soft_label;

pub use knowledge_distillation::{KnowledgeDistillationLoss, KnowledgeDistillationLossConfig};
pub use soft_label::{SoftLabelLoss, SoftLabelLossConfig};
