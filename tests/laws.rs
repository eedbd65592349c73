//! Every loss against every law that it promises to keep. A new loss is one line.

use kd::soft_label::{
    CorrectedSoftLabelLossConfig as Corrected, DecoupledKdLossConfig as Decoupled,
    KnowledgeDistillationLossConfig as Kd, NormalizedKdLossConfig as Normalized, SoftLabelLossConfig as SoftLabel,
    WeightedSoftLabelLossConfig as Weighted,
};
use kd_testkit::{Batch, laws};
use kd_tests::{
    corrected, decoupled, knowledge_distillation, normalized, soft_label, soft_label_of_tokens, standardized,
    standardized_decoupled, weighted,
};

laws!(soft_label_t1: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(1.0)));
laws!(soft_label_t4: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(4.0)));
laws!(soft_label_t20: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(20.0)));
laws!(soft_label_tokens: [any, divergence, softmax], soft_label_of_tokens(&SoftLabel::new()));
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
fn nan_in_nan_out() {
    for subject in [
        soft_label(&SoftLabel::new()),
        knowledge_distillation(&Kd::new()),
        decoupled(&Decoupled::new()),
        normalized(&Normalized::new()),
        weighted(&Weighted::new()),
        corrected(&Corrected::new()),
        standardized(&SoftLabel::new()),
    ] {
        laws::nan_in_nan_out(&subject);
    }
}

#[test]
fn temperature_keeps_the_gradient_of_soft_labels() {
    laws::temperature_keeps_the_gradient(|t| soft_label(&SoftLabel::new().with_temperature(t)));
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
