//! Distillation itself.

use burn::nn::loss::CrossEntropyLossConfig;
use burn::prelude::*;
use kd::prelude::*;
use kd_examples::digits::Digits;
use kd_examples::interrupt::Interrupted;
use kd_examples::mlp::Mlp;

use crate::train::{Run, Training, train};

/// How much of the teacher, and how softened.
#[derive(Clone, Copy, Debug)]
pub struct Mix {
    /// T
    pub temperature: f64,
    /// Share of the soft loss; the labels have 1 − alpha.
    pub alpha: f64,
}

/// Trains `student` on what the teacher says of `digits` and on their labels.
///
/// `teacher_logits` are `[rows, classes]`, a row for each of the digits. The student sees the images as they are, the
/// same in every epoch, and so the teacher says the same of them in every epoch: asked once beforehand, it makes
/// distillation as cheap as plain training.
///
/// # Errors
///
/// [`Interrupted`] when the run is.
pub fn distil(
    run: &Run<'_>,
    student: Mlp,
    teacher_logits: Tensor<2>,
    digits: &Digits,
    training: Training,
    Mix { temperature, alpha }: Mix,
) -> Result<Mlp, Interrupted> {
    let kd = SoftLabelLossConfig::new().with_temperature(temperature).init();
    let ce = CrossEntropyLossConfig::new().init(&run.lab.device);

    train(run, student, digits, training, |student, batch| {
        let logits = student.forward(batch.images);
        let soft = kd.forward(logits.clone(), teacher_logits.clone().select(0, batch.rows));
        let hard = ce.forward(logits, batch.labels);
        hard * (1.0 - alpha) + soft * alpha
    })
}
