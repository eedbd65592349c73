//! Every loss against every law that it promises to keep. A new loss is one line.

use kd::soft_label::{
    CtkdLossConfig as Ctkd, DistLossConfig as Dist, KnowledgeDistillationLossConfig as Kd,
    MultiLevelLossConfig as MultiLevel, SoftLabelLossConfig as SoftLabel, SparseRule,
    SparseSoftLabelLossConfig as SparseSoftLabel, TaidLossConfig as Taid, UldLossConfig as Uld,
};
use kd_testkit::laws;
use kd_tests::{
    correlation, correlation_without_ties, curriculum_temperature, interpolated_teacher, knowledge_distillation,
    multi_level, nearly_best, soft_label, soft_label_of_tokens, universal_logit, universal_logit_without_ties,
};

laws!(soft_label_t1: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(1.0)));
laws!(soft_label_t4: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(4.0)));
laws!(soft_label_t20: [any, divergence, softmax], soft_label(&SoftLabel::new().with_temperature(20.0)));
laws!(soft_label_tokens: [any, divergence, softmax], soft_label_of_tokens(&SoftLabel::new()));
laws!(kd_labels_only: [any, softmax], knowledge_distillation(&Kd::new().with_alpha(0.0)));
laws!(kd_mixed: [any, softmax], knowledge_distillation(&Kd::new().with_alpha(0.7)));
laws!(kd_teacher_only: [any, divergence, softmax], knowledge_distillation(&Kd::new().with_alpha(1.0)));

laws!(sparse_tail_t1: [coupled, independent, mean, smooth, divergence, softmax], nearly_best(&SparseSoftLabel::new()));
laws!(sparse_tail_t4: [coupled, independent, mean, smooth, divergence, softmax],
    nearly_best(&SparseSoftLabel::new().with_temperature(4.0)));
laws!(sparse_both_renormalised: [coupled, independent, mean, smooth, divergence, softmax],
    nearly_best(&SparseSoftLabel::new().with_rule(SparseRule::BothRenormalised)));
laws!(sparse_teacher_renormalised: [coupled, independent, mean, smooth, softmax],
    nearly_best(&SparseSoftLabel::new().with_rule(SparseRule::TeacherRenormalised)));
laws!(sparse_truncated: [independent, mean, smooth, softmax],
    nearly_best(&SparseSoftLabel::new().with_rule(SparseRule::Truncated)));
laws!(universal_logit: [coupled, independent, mean, divergence], universal_logit(&Uld::new()));
laws!(universal_logit_without_ties: [smooth],
    universal_logit_without_ties(&Uld::new().with_temperature(2.0)));

laws!(taid_student: [any, divergence, softmax], interpolated_teacher(&Taid::new().with_t(0.0)));
laws!(taid_half_way: [coupled, independent, mean, same_classes, divergence, softmax],
    interpolated_teacher(&Taid::new().with_t(0.5)));
laws!(taid_teacher: [any, divergence, softmax], interpolated_teacher(&Taid::new().with_t(1.0)));

/// Of `smooth` only this, since the gradient is not the slope: the student's part of the target is held.
#[test]
fn backends_agree_on_taid() {
    laws::backends_agree(&interpolated_teacher(&Taid::new()));
}

laws!(curriculum_temperature: [any, divergence, softmax], curriculum_temperature(&Ctkd::new()));

laws!(correlation_t1: [coupled, mean, same_classes, divergence],
    correlation(&Dist::new().with_temperature(1.0).with_beta(2.0).with_gamma(2.0)));
laws!(correlation_t4: [coupled, mean, same_classes, divergence], correlation(&Dist::new()));
laws!(correlation_of_rows: [coupled, independent, mean, same_classes, divergence],
    correlation(&Dist::new().with_gamma(0.0)));
laws!(correlation_without_ties: [smooth], correlation_without_ties(&Dist::new()));

/// All of `softmax` but absent classes, which count in the mean over classes.
#[test]
fn correlation_is_of_softmax_rows() {
    let subject = correlation(&Dist::new());
    laws::shifts_do_not_matter(&subject);
    laws::the_order_of_classes_does_not_matter(&subject);
    laws::extreme_logits_are_finite(&subject);
}

laws!(multi_level: [coupled, smooth, same_classes, divergence], multi_level(&MultiLevel::new()));
laws!(multi_level_instances: [any, divergence, softmax],
    multi_level(&MultiLevel::new().with_batch(0.0).with_class(0.0)));

/// All of `softmax` but absent classes, which the level of classes divides by.
#[test]
fn multi_level_is_of_softmax_rows() {
    let subject = multi_level(&MultiLevel::new());
    laws::shifts_do_not_matter(&subject);
    laws::the_order_of_classes_does_not_matter(&subject);
    laws::extreme_logits_are_finite(&subject);
}

/// All of `softmax` but absent classes: they round the sum otherwise, and where p and q are equal but for the rounding
/// the gradient's sign is that of the rounding. `tests/universal_logit.rs` has absent classes away from there.
#[test]
fn universal_logit_is_of_softmax_rows() {
    let subject = universal_logit(&Uld::new());
    laws::shifts_do_not_matter(&subject);
    laws::the_order_of_classes_does_not_matter(&subject);
    laws::extreme_logits_are_finite(&subject);
}

#[test]
fn temperature_keeps_the_gradient_of_soft_labels() {
    laws::temperature_keeps_the_gradient(|t| soft_label(&SoftLabel::new().with_temperature(t)));
}

#[test]
fn temperature_keeps_the_gradient_of_kd() {
    laws::temperature_keeps_the_gradient(|t| knowledge_distillation(&Kd::new().with_temperature(t).with_alpha(1.0)));
}
