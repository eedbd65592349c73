//! What is trained and how: one recipe per kind of images and size of the experiment.

use kd_examples::cifar10::data::Amounts;
use kd_examples::mlp::MlpConfig;
use kd_examples::residual::Architecture;
use serde::Serialize;

use crate::network::Shape;

/// The networks, their training, and what the students listen to.
///
/// The test images had no say in any of it: what was tried was judged by images held out of the training set (`--validate`).
#[derive(Clone, Debug, Serialize)]
pub struct Recipe {
    /// Members of the ensemble.
    pub members: usize,
    /// Of every network, member or student.
    pub shape: Shape,
    /// Of every network.
    pub training: Training,
    /// Epochs of the network alone and of the students.
    pub student_epochs: usize,
    /// Seeded views of each image, which every network learns from.
    pub views: usize,
    /// Mixtures of each image with others, about which members are asked and which students learn from as well.
    pub mixtures: usize,
    /// How many images are used for what.
    pub amounts: Amounts,
    /// T of the distillation.
    pub temperature: f64,
    /// Share of the ensemble; 1 − alpha is that of the labels.
    pub alpha: f64,
    /// Seeds, unless told otherwise.
    pub seeds: u64,
}

/// How a network is trained: SGD with Nesterov's momentum of 0.9.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Training {
    /// A member's passes over the images, each in another view while there are some.
    pub epochs: usize,
    /// Images in a step.
    pub batch: usize,
    /// Highest learning rate: reached after a tenth of the steps, from where a cosine takes it to zero.
    pub learning_rate: f64,
    /// Share of every weight that is added to its gradient.
    pub weight_decay: f64,
}

impl Recipe {
    /// All of MNIST.
    pub fn full() -> Self {
        Self {
            members: 10,
            shape: Shape::Mlp(MlpConfig::new(vec![400, 400])),
            training: Training {
                epochs: 30,
                batch: 128,
                learning_rate: 0.1,
                weight_decay: 0.0,
            },
            student_epochs: 120,
            views: 25,
            mixtures: 25,
            amounts: Amounts {
                train: None,
                validation: 5000,
                test: None,
            },
            temperature: 2.0,
            alpha: 1.0,
            seeds: 3,
        }
    }

    /// The 12,000 images that come with the example.
    pub fn small() -> Self {
        let full = Self::full();
        Self {
            members: 5,
            shape: Shape::Mlp(MlpConfig::new(vec![128, 128])),
            training: Training {
                epochs: 20,
                batch: 64,
                ..full.training
            },
            student_epochs: 20,
            views: 8,
            mixtures: 0,
            amounts: Amounts {
                validation: 1000,
                ..full.amounts
            },
            seeds: 2,
            ..full
        }
    }

    /// A part of CIFAR-10 at half its size.
    pub fn photos() -> Self {
        Self {
            members: 10,
            shape: Shape::Residual(Architecture::ResNet { blocks: 1 }, 16),
            training: Training {
                epochs: 8,
                batch: 64,
                learning_rate: 0.1,
                weight_decay: 5e-4,
            },
            student_epochs: 8,
            views: 8,
            mixtures: 0,
            amounts: Amounts {
                train: Some(10_000),
                validation: 2000,
                test: None,
            },
            temperature: 4.0,
            alpha: 0.9,
            seeds: 1,
        }
    }

    /// A few seconds, to see that everything runs. Its numbers mean nothing.
    pub fn quick(self) -> Self {
        let shape = match self.shape {
            Shape::Mlp(_) => Shape::Mlp(MlpConfig::new(vec![16])),
            residual => residual,
        };
        Self {
            members: 3,
            shape,
            training: Training {
                epochs: 1,
                ..self.training
            },
            student_epochs: 2,
            views: 2,
            mixtures: 2,
            amounts: Amounts {
                train: Some(600),
                validation: 200,
                test: Some(500),
            },
            seeds: 1,
            ..self
        }
    }
}
