//! Every loss against values and gradients from an independent source. A new loss is one line.

use kd::soft_label::{
    CorrectedSoftLabelLossConfig, DecoupledKdLossConfig, KnowledgeDistillationLossConfig, NormalizedKdLossConfig,
    SoftLabelLossConfig, WeightedSoftLabelLossConfig,
};
use kd_testkit::{device, golden};

#[test]
fn soft_label() {
    let config = SoftLabelLossConfig::new();
    golden::check("soft_label.json", &device(), &config, kd_tests::soft_label);
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

#[test]
fn decoupled() {
    let config = DecoupledKdLossConfig::new();
    golden::check("decoupled.json", &device(), &config, kd_tests::decoupled);
}

#[test]
fn normalized() {
    let config = NormalizedKdLossConfig::new();
    golden::check("normalized.json", &device(), &config, kd_tests::normalized);
}

#[test]
fn weighted() {
    let config = WeightedSoftLabelLossConfig::new();
    golden::check("weighted.json", &device(), &config, kd_tests::weighted);
}

#[test]
fn corrected() {
    let config = CorrectedSoftLabelLossConfig::new();
    golden::check("corrected.json", &device(), &config, kd_tests::corrected);
}

#[test]
fn standardized() {
    let config = SoftLabelLossConfig::new();
    golden::check("standardized.json", &device(), &config, kd_tests::standardized);
}
