//! Every loss against values and gradients from an independent source. A new loss is one line.

use kd::soft_label::{
    AdaptiveKlLossConfig, CorrectedSoftLabelLossConfig, DecoupledKdLossConfig, JensenShannonLossConfig,
    KnowledgeDistillationLossConfig, LogitMseLossConfig, NormalizedKdLossConfig, ReverseKlLossConfig, SkewKlLossConfig,
    SkewReverseKlLossConfig, SoftCrossEntropyLossConfig, SoftLabelLossConfig, SymmetricKlLossConfig,
    TotalVariationLossConfig, WeightedSoftLabelLossConfig,
};
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

/// A test for the golden file of the same name.
macro_rules! golden {
    ($($name:ident: $config:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                let file = concat!(stringify!($name), ".json");
                golden::check(file, &device(), &$config::new(), kd_tests::$name);
            }
        )+
    };
}

golden!(
    reverse_kl: ReverseKlLossConfig,
    symmetric_kl: SymmetricKlLossConfig,
    jensen_shannon: JensenShannonLossConfig,
    skew_kl: SkewKlLossConfig,
    skew_reverse_kl: SkewReverseKlLossConfig,
    total_variation: TotalVariationLossConfig,
    soft_cross_entropy: SoftCrossEntropyLossConfig,
    adaptive_kl: AdaptiveKlLossConfig,
    logit_mse: LogitMseLossConfig,
    decoupled: DecoupledKdLossConfig,
    normalized: NormalizedKdLossConfig,
    weighted: WeightedSoftLabelLossConfig,
    corrected: CorrectedSoftLabelLossConfig,
    standardized: SoftLabelLossConfig,
);
