//! Every loss against values and gradients from an independent source. A new loss is one line.

use kd::soft_label::{
    CtkdLossConfig, DistLossConfig, KnowledgeDistillationLossConfig, MultiLevelLossConfig, SoftLabelLossConfig,
    TaidLossConfig, UldLossConfig,
};
use kd_testkit::{device, golden};
use kd_tests::TopKConfig;

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
fn sparse_soft_label() {
    let config = TopKConfig::new();
    golden::check("sparse_soft_label.json", &device(), &config, kd_tests::top_k);
}

#[test]
fn universal_logit() {
    let config = UldLossConfig::new();
    golden::check("universal_logit.json", &device(), &config, kd_tests::universal_logit);
}

#[test]
fn interpolated_teacher() {
    let config = TaidLossConfig::new();
    golden::check(
        "interpolated_teacher.json",
        &device(),
        &config,
        kd_tests::interpolated_teacher,
    );
}

#[test]
fn curriculum_temperature() {
    let config = CtkdLossConfig::new();
    golden::check(
        "curriculum_temperature.json",
        &device(),
        &config,
        kd_tests::curriculum_temperature,
    );
}

#[test]
fn correlation() {
    let config = DistLossConfig::new();
    golden::check("correlation.json", &device(), &config, kd_tests::correlation);
}

#[test]
fn multi_level() {
    let config = MultiLevelLossConfig::new();
    golden::check("multi_level.json", &device(), &config, kd_tests::multi_level);
}
