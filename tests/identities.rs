//! What the losses say of each other: equations between them, from the papers.

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use kd::{
    prelude::*,
    rows,
    soft_label::{DecoupledKdLossConfig, SmoothedLabelsConfig, Standardized},
};
use kd_testkit::{Batch, assert_close, device, for_each, read, whole_batches, within};

/// Student and teacher logits, and labels, in f32.
fn tensors(batch: &Batch, device: &Device) -> (Tensor<2>, Tensor<2>, Tensor<1, Int>) {
    let shape = [batch.rows(), batch.width];
    let logits = |values: &[f64]| Tensor::from_data(TensorData::new(values.to_vec(), shape), (device, DType::F32));
    let labels: Vec<i32> = batch.labels.iter().map(|&label| label as i32).collect();
    let labels = Tensor::from_data(TensorData::new(labels, [batch.rows()]), device);
    (logits(&batch.student), logits(&batch.teacher), labels)
}

/// KD = TCKD + (1 − p_y) · NCKD: Hinton's loss is the decoupled one with a weight that shrinks as the teacher gets sure.
#[test]
fn hintons_loss_is_its_decoupled_parts() {
    let t = 4.0;
    let part = |alpha, beta| {
        let config = DecoupledKdLossConfig::new().with_temperature(t);
        config.with_alpha(alpha).with_beta(beta).init()
    };
    let (target, others) = (part(1.0, 0.0), part(0.0, 1.0));
    let kd = SoftLabelLossConfig::new().with_temperature(t).init();
    for_each(whole_batches(), |batch| {
        let (student, teacher, labels) = tensors(&batch, &device());
        let p_y = rows::soften(teacher.clone(), t).gather(1, labels.clone().unsqueeze_dim(1));
        let labelled = Labelled::new(teacher.clone(), labels);
        let whole = kd.per_sample(student.clone(), teacher);
        let target = target.per_sample(student.clone(), labelled.clone());
        let others = others.per_sample(student, labelled);
        let sum = target + others * (p_y.squeeze_dim::<1>(1).neg() + 1.0);
        assert_close("KD", &read(sum), &read(whole), within(1e-5).of_at_least(1.0));
    });
}

/// KL from smoothed labels = cross-entropy with smoothed labels − their entropy.
#[test]
fn label_smoothing_is_distillation() {
    let epsilon = 0.1;
    let kd = SoftLabelLossConfig::new().with_temperature(1.0).init();
    for_each(whole_batches(), |batch| {
        let (student, _, labels) = tensors(&batch, &device());
        let classes = batch.width as f64;
        let teacher = SmoothedLabelsConfig::new(batch.width).with_epsilon(epsilon).init();
        let distilled = kd.per_sample(student.clone(), teacher.teach(labels));

        let (wrong, right) = (epsilon / classes, 1.0 - epsilon + epsilon / classes);
        let entropy = -right * right.ln() - (classes - 1.0) * wrong * wrong.ln();
        let smoothed = |(row, &label): (&[f64], &usize)| {
            let total: f64 = row.iter().map(|z| z.exp()).sum();
            let surprise = |class: usize| total.ln() - row[class];
            let evenly: f64 = (0..row.len()).map(surprise).sum::<f64>() * wrong;
            (1.0 - epsilon) * surprise(label) + evenly - entropy
        };
        let expected: Vec<f64> = batch
            .student
            .chunks(batch.width)
            .zip(&batch.labels)
            .map(smoothed)
            .collect();
        assert_close("smoothed", &read(distilled), &expected, within(1e-5).of_at_least(1.0));
    });
}

/// A student with its own scale and its own offset in every row is as near to its teacher as one without.
#[test]
fn standardized_logits_have_no_scale_and_no_offset() {
    let kd = Standardized::new(SoftLabelLossConfig::new().with_temperature(2.0).init());
    for_each(whole_batches(), |batch| {
        let (student, teacher, _) = tensors(&batch, &device());
        let row = Tensor::<1, Int>::arange(0..batch.rows() as i64, &student.device())
            .float()
            .unsqueeze_dim::<2>(1);
        let scaled = student.clone() * (row.clone() + 1.0) * 0.25 + row;
        let expected = read(kd.per_sample(student, teacher.clone()));
        assert_close(
            "scaled",
            &read(kd.per_sample(scaled, teacher)),
            &expected,
            within(1e-5).of_at_least(1.0),
        );
    });
}
