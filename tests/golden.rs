//! Every loss against values and gradients from an independent source. A new loss is one line.

use kd_testkit::{device, golden};

#[test]
fn soft_label() {
    golden::check("soft_label.json", &device(), kd_tests::soft_label);
}

#[test]
fn knowledge_distillation() {
    golden::check("knowledge_distillation.json", &device(), kd_tests::knowledge_distillation);
}
