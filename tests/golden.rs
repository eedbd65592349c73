//! Every loss against values and gradients from an independent source. A new loss is one line.

use kd::soft_label::{KnowledgeDistillationLossConfig, SoftLabelLossConfig};
use kd_testkit::{device, golden};

#[test]
fn soft_label() {
    let config = SoftLabelLossConfig::new();
    golden::check_to_resolution("soft_label.json", &device(), &config, kd_tests::soft_label);
}

#[test]
fn knowledge_distillation() {
    let config = KnowledgeDistillationLossConfig::new();
    golden::check(
        "knowledge_distillation.json",
        &device(),
        &config,
        kd_tests::knowledge_distillation,
    );
}
