//! Distillation itself.

use std::fmt;

use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::prelude::*;
use kd::prelude::*;
use kd::soft_label::SoftLabelLoss;
use kd::tune::Point;
use kd_examples::digits::Digits;
use kd_examples::interrupt::Interrupted;
use kd_examples::mlp::Mlp;
use serde::{Deserialize, Serialize};

use crate::train::{Run, Training, train};

/// How much of the teacher, and how softened.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mix {
    /// T
    pub temperature: f64,
    /// Share of the soft loss; the labels have 1 − alpha.
    pub alpha: f64,
}

impl Mix {
    /// That of a point of a search.
    ///
    /// # Panics
    ///
    /// If it has no `temperature` or no `alpha`.
    pub fn of(point: &Point) -> Self {
        Self {
            temperature: point.value("temperature"),
            alpha: point.value("alpha"),
        }
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T = {}, alpha = {}", self.temperature, self.alpha)
    }
}

/// The labels and the teacher's soft targets, mixed.
#[derive(Module, Debug)]
pub struct MixedLoss {
    hard: CrossEntropyLoss,
    soft: SoftLabelLoss,
    alpha: f64,
}

impl MixedLoss {
    /// The loss of this mix.
    pub fn new(Mix { temperature, alpha }: Mix, device: &Device) -> Self {
        Self {
            hard: CrossEntropyLossConfig::new().init(device),
            soft: SoftLabelLossConfig::new().with_temperature(temperature).init(),
            alpha,
        }
    }

    /// Both parts of a batch: logits `[batch, classes]` and labels `[batch]`.
    pub fn terms(&self, student: Tensor<2>, teacher: Tensor<2>, labels: Tensor<1, Int>) -> LossTerms {
        let soft = self.soft.forward(student.clone(), teacher);
        LossTerms::new()
            .with("hard", 1.0 - self.alpha, self.hard.forward(student, labels))
            .with("soft", self.alpha, soft)
    }
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
    mix: Mix,
) -> Result<Mlp, Interrupted> {
    let loss = MixedLoss::new(mix, &run.lab.device);
    train(run, student, digits, training, |student, batch| {
        let logits = student.forward(batch.images);
        let taught = teacher_logits.clone().select(0, batch.rows);
        loss.terms(logits, taught, batch.labels).total()
    })
}
