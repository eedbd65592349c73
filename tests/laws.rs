//! Every loss against every law that it promises to keep. A new loss is one line.

use kd::soft_label::{
    AdaptiveKlLossConfig as AdaptiveKl, CorrectedSoftLabelLossConfig as Corrected, DecoupledKdLossConfig as Decoupled,
    JensenShannonLossConfig as JensenShannon, KnowledgeDistillationLossConfig as Kd, LogitMseLossConfig as LogitMse,
    NormalizedKdLossConfig as Normalized, ReverseKlLossConfig as ReverseKl, SkewKlLossConfig as SkewKl,
    SkewReverseKlLossConfig as SkewReverseKl, SoftCrossEntropyLossConfig as SoftCrossEntropy,
    SoftLabelLossConfig as SoftLabel, SymmetricKlLossConfig as SymmetricKl, TotalVariationLossConfig as TotalVariation,
    WeightedSoftLabelLossConfig as Weighted,
};
use kd_testkit::{Batch, Subject, laws};
use kd_tests::*;

laws!(soft_label_t1: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(1.0)));
laws!(soft_label_t4: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(4.0)));
laws!(soft_label_t20: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(20.0)));
laws!(soft_label_tokens: [any, divergence, softmax], soft_label_of_tokens(&SoftLabel::new()));
// No softmax laws: hidden states of −∞ make no logits of −∞.
laws!(soft_label_linear_t4: [any, divergence], soft_label_linear(&SoftLabel::new()));
laws!(reverse_kl_t2: [any, divergence, covered_softmax], reverse_kl(&ReverseKl::new().with_temperature(2.0)));
laws!(symmetric_kl_t2: [any, divergence, covered_softmax], symmetric_kl(&SymmetricKl::new().with_temperature(2.0)));
laws!(jensen_shannon_t1: [any, divergence, softmax], jensen_shannon(&JensenShannon::new()));
laws!(jensen_shannon_beta_01: [any, divergence, softmax], jensen_shannon(&JensenShannon::new().with_beta(0.1)));
laws!(skew_kl_t2: [any, divergence, softmax], skew_kl(&SkewKl::new().with_temperature(2.0)));
laws!(skew_reverse_kl_t2: [any, divergence, softmax], skew_reverse_kl(&SkewReverseKl::new().with_temperature(2.0)));
laws!(total_variation_t1: [any, divergence, softmax], total_variation(&TotalVariation::new()));
laws!(soft_cross_entropy_t2: [any, softmax], soft_cross_entropy(&SoftCrossEntropy::new().with_temperature(2.0)));
laws!(adaptive_kl_t1: [any_but_slope, divergence, covered_softmax], adaptive_kl(&AdaptiveKl::new()));
laws!(logit_mse_: [any, divergence], logit_mse(&LogitMse::new()));
laws!(kd_labels_only: [any, softmax], knowledge_distillation(&Kd::new().with_alpha(0.0)));
laws!(kd_mixed: [any, softmax], knowledge_distillation(&Kd::new().with_alpha(0.7)));
laws!(kd_teacher_only: [any, divergence, softmax], knowledge_distillation(&Kd::new().with_alpha(1.0)));
laws!(decoupled_default: [any, divergence, softmax], decoupled(&Decoupled::new()));
laws!(decoupled_target_only: [any, divergence, softmax], decoupled(&Decoupled::new().with_beta(0.0)));
laws!(decoupled_others_only: [any, divergence, softmax], decoupled(&Decoupled::new().with_alpha(0.0).with_beta(1.0)));
laws!(normalized_t1: [any, softmax], normalized(&Normalized::new()));
laws!(normalized_t4: [any, softmax], normalized(&Normalized::new().with_temperature(4.0)));
// Its weight gets no gradient, so the gradient is not the slope of the value.
laws!(weighted_default: [any_but_slope, divergence, softmax], weighted(&Weighted::new()));
// The student's goal is the corrected teacher, not the teacher.
laws!(corrected_default: [any, softmax], corrected(&Corrected::new()));
laws!(corrected_t4: [any, softmax], corrected(&Corrected::new().with_temperature(4.0).with_threshold(0.5)));
// A row of equal logits has no scale: the loss jumps there.
laws!(standardized_t2: [any_but_slope, divergence, softmax], standardized(&SoftLabel::new().with_temperature(2.0)));
laws!(standardized_decoupled_t2: [any_but_slope, divergence, softmax],
    standardized_decoupled(&Decoupled::new().with_temperature(2.0).with_beta(1.0)));

#[test]
fn finite_differences_of_standardized_logits() {
    let constant = |row: &[f64]| row.iter().all(|logit| *logit == row[0]);
    let smooth = |batch: &Batch| !batch.student.chunks(batch.width).any(constant);
    laws::finite_differences_where(&standardized(&SoftLabel::new().with_temperature(2.0)), smooth);
}

#[test]
fn temperature_keeps_the_gradient_of_soft_labels() {
    laws::temperature_keeps_the_gradient(|t| soft_label(&SoftLabel::new().with_temperature(t)));
}

#[test]
fn temperature_keeps_the_gradient_of_the_other_divergences() {
    let all: [fn(f64) -> Subject; 7] = [
        |t| reverse_kl(&ReverseKl::new().with_temperature(t)),
        |t| symmetric_kl(&SymmetricKl::new().with_temperature(t)),
        |t| jensen_shannon(&JensenShannon::new().with_temperature(t)),
        |t| skew_kl(&SkewKl::new().with_temperature(t)),
        |t| skew_reverse_kl(&SkewReverseKl::new().with_temperature(t)),
        |t| soft_cross_entropy(&SoftCrossEntropy::new().with_temperature(t)),
        |t| total_variation(&TotalVariation::new().with_temperature(t)),
    ];
    for at in all {
        laws::temperature_keeps_the_gradient(at);
    }
}

#[test]
fn temperature_keeps_the_gradient_of_kd() {
    laws::temperature_keeps_the_gradient(|t| knowledge_distillation(&Kd::new().with_temperature(t).with_alpha(1.0)));
}

#[test]
fn temperature_keeps_the_gradient_of_decoupled_kd() {
    laws::temperature_keeps_the_gradient(|t| decoupled(&Decoupled::new().with_temperature(t)));
}

#[test]
fn temperature_keeps_the_gradient_of_weighted_soft_labels() {
    laws::temperature_keeps_the_gradient(|t| weighted(&Weighted::new().with_temperature(t)));
}
