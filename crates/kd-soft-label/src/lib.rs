//! Learning from a teacher's soft labels.
//!
//! | Loss | Learns from |
//! |---|---|
//! | [`SoftLabelLoss`] | the teacher's softened probabilities (Hinton, Vinyals & Dean, 2015) |
//! | [`KnowledgeDistillationLoss`] | the same mixed with the true labels: the objective the field calls KD |
//! | [`SparseSoftLabelLoss`] | the probabilities of the teacher's best classes, a [`TopK`], by a [`SparseRule`] |
//! | [`UldLoss`] | how the teacher's probabilities are spread, whatever its vocabulary (Boizard and others, 2024) |
//! | [`TaidLoss`] | a target that moves from the student to the teacher, as a [`TaidSchedule`] says (Shing and others, 2025) |
//! | [`CtkdLoss`] | Hinton's soft labels at a [`CtkdTemperature`], which learns to make it harder (Li and others, 2023) |
//! | [`DistLoss`] | the teacher's preferences, by correlation, among classes and among samples (Huang and others, 2022) |
//! | [`MultiLevelLoss`] | probabilities at several temperatures, and their products (Jin, Wang & Lin, 2023) |
//!
//! Every loss implements [`DistillLoss`](kd_core::DistillLoss); its `Config` is a Burn config, so it can be saved.

mod adversarial_temperature;
mod correlation;
mod curriculum_temperature;
mod interpolated_teacher;
mod interpolation_schedule;
mod knowledge_distillation;
mod multi_level;
mod soft_label;
mod softened;
mod sparse_rule;
mod sparse_soft_label;
mod tail;
mod top_k;
mod universal_logit;

pub use adversarial_temperature::{CtkdTemperature, CtkdTemperatureConfig};
pub use correlation::{DistLoss, DistLossConfig};
pub use curriculum_temperature::{CtkdLoss, CtkdLossConfig};
pub use interpolated_teacher::{TaidLoss, TaidLossConfig};
pub use interpolation_schedule::{TaidSchedule, TaidScheduleConfig};
pub use knowledge_distillation::{KnowledgeDistillationLoss, KnowledgeDistillationLossConfig};
pub use multi_level::{MultiLevelLoss, MultiLevelLossConfig};
pub use soft_label::{SoftLabelLoss, SoftLabelLossConfig};
pub use sparse_rule::SparseRule;
pub use sparse_soft_label::{SparseSoftLabelLoss, SparseSoftLabelLossConfig};
pub use top_k::TopK;
pub use universal_logit::{UldLoss, UldLossConfig};
