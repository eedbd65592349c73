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
//!
//! Every loss implements [`DistillLoss`](kd_core::DistillLoss); its `Config` is a Burn config, so it can be saved.

mod adaptive_kl;
mod divergence_loss;
mod jensen_shannon;
mod knowledge_distillation;
mod logit_mse;
mod reverse_kl;
mod skew_kl;
mod skew_reverse_kl;
mod soft_cross_entropy;
mod soft_label;
mod symmetric_kl;
mod total_variation;

pub use adaptive_kl::{AdaptiveKlLoss, AdaptiveKlLossConfig};
pub use jensen_shannon::{JensenShannonLoss, JensenShannonLossConfig};
pub use knowledge_distillation::{KnowledgeDistillationLoss, KnowledgeDistillationLossConfig};
pub use logit_mse::{LogitMseLoss, LogitMseLossConfig};
pub use reverse_kl::{ReverseKlLoss, ReverseKlLossConfig};
pub use skew_kl::{SkewKlLoss, SkewKlLossConfig};
pub use skew_reverse_kl::{SkewReverseKlLoss, SkewReverseKlLossConfig};
pub use soft_cross_entropy::{SoftCrossEntropyLoss, SoftCrossEntropyLossConfig};
pub use soft_label::{SoftLabelLoss, SoftLabelLossConfig};
pub use symmetric_kl::{SymmetricKlLoss, SymmetricKlLossConfig};
pub use total_variation::{TotalVariationLoss, TotalVariationLossConfig};
