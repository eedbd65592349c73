//! How the tests make each loss: one short function per loss, shared by laws and golden files.

use burn::tensor::Tensor;
use kd::{
    Labelled,
    soft_label::{
        CorrectedSoftLabelLossConfig, DecoupledKdLossConfig, KnowledgeDistillationLossConfig, NormalizedKdLossConfig,
        SoftLabelLossConfig, Standardized, WeightedSoftLabelLossConfig,
    },
};
use kd_testkit::Subject;

/// [`SoftLabelLoss`](kd::soft_label::SoftLabelLoss) on `[batch, classes]`.
pub fn soft_label(config: &SoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SoftLabelLoss`](kd::soft_label::SoftLabelLoss) on `[batch, seq, vocab]`.
pub fn soft_label_of_tokens(config: &SoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<3>, Tensor<3>>(config.init())
}

/// [`KnowledgeDistillationLoss`](kd::soft_label::KnowledgeDistillationLoss).
pub fn knowledge_distillation(config: &KnowledgeDistillationLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`DecoupledKdLoss`](kd::soft_label::DecoupledKdLoss).
pub fn decoupled(config: &DecoupledKdLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`NormalizedKdLoss`](kd::soft_label::NormalizedKdLoss).
pub fn normalized(config: &NormalizedKdLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`WeightedSoftLabelLoss`](kd::soft_label::WeightedSoftLabelLoss).
pub fn weighted(config: &WeightedSoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`CorrectedSoftLabelLoss`](kd::soft_label::CorrectedSoftLabelLoss).
pub fn corrected(config: &CorrectedSoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`Standardized`] around a [`SoftLabelLoss`](kd::soft_label::SoftLabelLoss).
pub fn standardized(config: &SoftLabelLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(Standardized::new(config.init()))
}

/// [`Standardized`] around a [`DecoupledKdLoss`](kd::soft_label::DecoupledKdLoss), whose teacher has labels.
pub fn standardized_decoupled(config: &DecoupledKdLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(Standardized::new(config.init()))
}
