//! What a user may get wrong in a loop, and what they are told.

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};
use kd::{
    prelude::*,
    rows,
    soft_label::{
        CorrectedSoftLabelLossConfig, DecoupledKdLossConfig, KnowledgeDistillationLoss, NormalizedKdLossConfig,
        SoftLabelLoss, Standardized, WeightedSoftLabelLossConfig,
    },
};
use kd_testkit::device;

fn soft() -> SoftLabelLoss {
    SoftLabelLossConfig::new().init()
}

fn kd() -> KnowledgeDistillationLoss {
    KnowledgeDistillationLossConfig::new().init()
}

fn logits(shape: [usize; 2]) -> Tensor<2> {
    Tensor::ones(shape, &device())
}

fn labels(labels: &[i32]) -> Tensor<1, Int> {
    let data = TensorData::new(labels.to_vec(), [labels.len()]);
    Tensor::from_data(data, &device())
}

#[test]
#[should_panic(
    expected = "SoftLabelLoss: the student has shape [8, 10] and the teacher [8, 12]; they differ at axis 1 (10 against 12)"
)]
fn unequal_classes() {
    soft().forward(logits([8, 10]), logits([8, 12]));
}

#[test]
#[should_panic(expected = "pad the other's logits with -inf (never 0)")]
fn unequal_classes_have_a_remedy() {
    soft().forward(logits([8, 10]), logits([8, 12]));
}

#[test]
#[should_panic(
    expected = "the student has shape [8, 10] and the teacher [1, 10]; they differ at axis 0 (8 against 1) and nothing is broadcast: give both the same samples"
)]
fn unequal_batches() {
    soft().forward(logits([8, 10]), logits([1, 10]));
}

#[test]
#[should_panic(expected = "KnowledgeDistillationLoss: the student has shape [8, 10] and the teacher [8, 12]")]
fn unequal_classes_with_labels() {
    kd().forward(logits([8, 10]), Labelled::new(logits([8, 12]), labels(&[0; 8])));
}

#[test]
#[should_panic(expected = "the batch is empty")]
fn an_empty_batch() {
    let empty = || Tensor::<2>::zeros([0, 10], &Device::flex());
    soft().forward(empty(), empty());
}

#[test]
#[should_panic(expected = "the last axis (classes) is empty")]
fn no_classes() {
    let empty = || Tensor::<2>::zeros([8, 0], &Device::flex());
    soft().forward(empty(), empty());
}

#[test]
#[should_panic(expected = "KnowledgeDistillationLoss: label 3 is not a class; with 3 classes labels run from 0 to 2")]
fn a_label_too_high() {
    kd().forward(logits([2, 3]), Labelled::new(logits([2, 3]), labels(&[0, 3])));
}

#[test]
#[should_panic(expected = "label -100 is not a class")]
fn a_label_below_zero() {
    kd().forward(logits([2, 3]), Labelled::new(logits([2, 3]), labels(&[-100, 1])));
}

#[test]
#[should_panic(expected = "there are 3 labels for 2 rows; give one label per row")]
fn labels_for_another_batch() {
    kd().forward(logits([2, 3]), Labelled::new(logits([2, 3]), labels(&[0, 1, 2])));
}

/// Labels 0 and 3 of 3 classes, for the losses that look at the label's class.
fn label_too_high(loss: impl DistillLoss<Tensor<2>, Labelled>) {
    loss.forward(logits([2, 3]), Labelled::new(logits([2, 3]), labels(&[0, 3])));
}

#[test]
#[should_panic(expected = "DecoupledKdLoss: label 3 is not a class")]
fn a_label_too_high_for_decoupled_kd() {
    label_too_high(DecoupledKdLossConfig::new().init());
}

#[test]
#[should_panic(expected = "NormalizedKdLoss: label 3 is not a class")]
fn a_label_too_high_for_normalized_kd() {
    label_too_high(NormalizedKdLossConfig::new().init());
}

#[test]
#[should_panic(expected = "WeightedSoftLabelLoss: label 3 is not a class")]
fn a_label_too_high_for_weighted_soft_labels() {
    label_too_high(WeightedSoftLabelLossConfig::new().init());
}

#[test]
#[should_panic(expected = "CorrectedSoftLabelLoss: label 3 is not a class")]
fn a_label_too_high_for_corrected_soft_labels() {
    label_too_high(CorrectedSoftLabelLossConfig::new().init());
}

#[test]
#[should_panic(expected = "Standardized: the student has shape [8, 10] and the teacher [8, 12]")]
fn unequal_classes_before_standardization() {
    Standardized::new(soft()).forward(logits([8, 10]), logits([8, 12]));
}

#[test]
#[should_panic(expected = "Standardized: the batch is empty")]
fn an_empty_batch_before_standardization() {
    let empty = || Tensor::<2>::zeros([0, 10], &Device::flex());
    Standardized::new(soft()).forward(empty(), empty());
}

#[test]
#[should_panic(expected = "the mask has 3 entries for 2 rows")]
fn a_mask_for_another_batch() {
    let mask = Tensor::<1, Bool>::from_data(TensorData::from([true, true, true]), &device());
    rows::masked_mean(Tensor::ones([2], &device()), mask);
}

#[test]
fn a_config_that_is_missing_or_broken() {
    let folder = std::env::temp_dir().join(format!("kd-bad-input-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let missing = folder.join("missing.json");
    let error = kd::load_config::<SoftLabelLossConfig>(&missing)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("missing.json") && error.contains("Check that the file exists"),
        "{error}"
    );

    let broken = folder.join("broken.json");
    std::fs::write(&broken, r#"{"temperature": "hot"}"#).unwrap();
    let error = kd::load_config::<SoftLabelLossConfig>(&broken).unwrap_err().to_string();
    assert!(
        error.contains("broken.json") && error.contains("SoftLabelLossConfig") && error.contains("hot"),
        "{error}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}
