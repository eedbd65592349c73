//! What is trained and how: one recipe per size of the experiment.

use kd_examples::cifar10::data::Amounts;
use kd_examples::residual::Architecture;
use serde::Serialize;

use crate::train::{Decay, Training};

/// Teacher, student and all that is chosen about their training.
#[derive(Clone, Debug, Serialize)]
pub struct Recipe {
    /// The large network.
    pub teacher: Architecture,
    /// The small one.
    pub student: Architecture,
    /// How many images are used for what.
    pub amounts: Amounts,
    /// Rows and columns that the images are shrunk to; 32 leaves them as they are.
    pub side: usize,
    /// How the teacher learns.
    pub teacher_training: Training,
    /// How every student learns, alone or from the teacher.
    pub student_training: Training,
    /// T of the soft labels.
    pub temperature: f64,
    /// Share of the soft labels where they are used; 1 − alpha is that of the labels.
    pub alpha: f64,
    /// What the mean of the hint losses over the pairs of layers is multiplied with.
    pub hint_weight: f64,
}

impl Recipe {
    /// A few minutes on two cores: images of half the size, a part of them, few epochs.
    pub fn quick() -> Self {
        let training = |epochs| Training {
            epochs,
            batch: 64,
            learning_rate: 0.1,
            decay: Decay::Cosine,
            weight_decay: 5e-4,
        };
        Self {
            teacher: Architecture::ResNet { blocks: 3 },
            student: Architecture::ResNet { blocks: 1 },
            amounts: Amounts {
                train: Some(10_000),
                validation: 2000,
                test: Some(5000),
            },
            side: 16,
            teacher_training: training(6),
            student_training: training(3),
            temperature: 4.0,
            alpha: 0.9,
            hint_weight: 10.0,
        }
    }

    /// An hour or two for a seed on two cores: whole images, a fifth of them.
    pub fn small() -> Self {
        let quick = Self::quick();
        Self {
            amounts: Amounts {
                test: None,
                ..quick.amounts
            },
            side: 32,
            teacher_training: Training {
                epochs: 20,
                ..quick.teacher_training
            },
            student_training: Training {
                epochs: 10,
                ..quick.student_training
            },
            ..quick
        }
    }

    /// The recipe of the published results (RepDistiller), but for the 2000 images held out: for a GPU.
    pub fn full() -> Self {
        let training = Training {
            epochs: 240,
            batch: 64,
            learning_rate: 0.05,
            decay: Decay::Steps,
            weight_decay: 5e-4,
        };
        Self {
            teacher: Architecture::ResNet { blocks: 9 },
            student: Architecture::ResNet { blocks: 3 },
            amounts: Amounts {
                train: None,
                validation: 2000,
                test: None,
            },
            side: 32,
            teacher_training: training,
            student_training: training,
            ..Self::quick()
        }
    }

    /// The same with this many epochs for every network.
    pub fn with_epochs(mut self, epochs: usize) -> Self {
        self.teacher_training.epochs = epochs;
        self.student_training.epochs = epochs;
        self
    }
}
