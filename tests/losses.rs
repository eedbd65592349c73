//! How the tests make each loss: one short function per loss, shared by laws and golden files.

use burn::tensor::Tensor;
use kd::{
    Labelled, LinearLogits,
    soft_label::{
        AdaptiveKlLossConfig, CorrectedSoftLabelLossConfig, DecoupledKdLossConfig, JensenShannonLossConfig,
        KnowledgeDistillationLossConfig, LogitMseLossConfig, NormalizedKdLossConfig, ReverseKlLossConfig,
        SkewKlLossConfig, SkewReverseKlLossConfig, SoftCrossEntropyLossConfig, SoftLabelLossConfig, Standardized,
        SymmetricKlLossConfig, TotalVariationLossConfig, WeightedSoftLabelLossConfig,
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

/// [`SoftLabelLoss`](kd::soft_label::SoftLabelLoss) on logits that are made some rows at a time.
pub fn soft_label_linear(config: &SoftLabelLossConfig) -> Subject {
    Subject::new::<LinearLogits, LinearLogits>(config.init())
}

/// [`KnowledgeDistillationLoss`](kd::soft_label::KnowledgeDistillationLoss).
pub fn knowledge_distillation(config: &KnowledgeDistillationLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(config.init())
}

/// [`ReverseKlLoss`](kd::soft_label::ReverseKlLoss).
pub fn reverse_kl(config: &ReverseKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SymmetricKlLoss`](kd::soft_label::SymmetricKlLoss).
pub fn symmetric_kl(config: &SymmetricKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`JensenShannonLoss`](kd::soft_label::JensenShannonLoss).
pub fn jensen_shannon(config: &JensenShannonLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SkewKlLoss`](kd::soft_label::SkewKlLoss).
pub fn skew_kl(config: &SkewKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SkewReverseKlLoss`](kd::soft_label::SkewReverseKlLoss).
pub fn skew_reverse_kl(config: &SkewReverseKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`TotalVariationLoss`](kd::soft_label::TotalVariationLoss).
pub fn total_variation(config: &TotalVariationLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`SoftCrossEntropyLoss`](kd::soft_label::SoftCrossEntropyLoss).
pub fn soft_cross_entropy(config: &SoftCrossEntropyLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`AdaptiveKlLoss`](kd::soft_label::AdaptiveKlLoss).
pub fn adaptive_kl(config: &AdaptiveKlLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
}

/// [`LogitMseLoss`](kd::soft_label::LogitMseLoss).
pub fn logit_mse(config: &LogitMseLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(config.init())
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
