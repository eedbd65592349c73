//! Every loss against every law that it promises to keep. A new loss is one line.

use kd::soft_label::{KnowledgeDistillationLossConfig as Kd, SoftLabelLossConfig as SoftLabel};
use kd_testkit::laws;
use kd_tests::{knowledge_distillation, soft_label, soft_label_of_tokens};

laws!(soft_label_t1: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(1.0)));
laws!(soft_label_t4: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(4.0)));
laws!(soft_label_t20: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(20.0)));
laws!(soft_label_tokens: [any, divergence, softmax], soft_label_of_tokens(&SoftLabel::new()));
laws!(kd_labels_only: [any, softmax], knowledge_distillation(&Kd::new().with_alpha(0.0)));
laws!(kd_mixed: [any, softmax], knowledge_distillation(&Kd::new().with_alpha(0.7)));
laws!(kd_teacher_only: [any, divergence, softmax], knowledge_distillation(&Kd::new().with_alpha(1.0)));

#[test]
fn temperature_keeps_the_gradient_of_soft_labels() {
    laws::temperature_keeps_the_gradient(|t| soft_label(&SoftLabel::new().with_temperature(t)));
}

#[test]
fn temperature_keeps_the_gradient_of_kd() {
    laws::temperature_keeps_the_gradient(|t| knowledge_distillation(&Kd::new().with_temperature(t).with_alpha(1.0)));
}
