//! What is trained and how: one recipe per size of the experiment.

use burn::config::Config;
use kd_examples::mlp::MlpConfig;

use crate::train::Training;

/// Teacher, student and all that is chosen about their training.
///
/// What the paper gives is the paper's. Learning rates, dropout and alpha, and the sizes and temperature of the small
/// recipe, were chosen by errors on the last 10,000 of MNIST's *training* images, held out for the purpose, and epochs by
/// the time they take. The test images had no say.
#[derive(Config, Debug)]
pub struct Recipe {
    /// The large network.
    pub teacher: MlpConfig,
    /// The small one, alone, distilled, and with a digit missing.
    pub student: MlpConfig,
    /// How the teacher learns.
    pub teacher_training: Training,
    /// How the student learns from the labels alone.
    pub student_training: Training,
    /// How the student learns from the teacher.
    pub distillation: Training,
    /// T of the distillation.
    pub temperature: f64,
    /// Share of the soft loss; 1 − alpha is that of the labels.
    pub alpha: f64,
}

impl Recipe {
    /// Section 3 of Hinton, Vinyals & Dean (2015), for all 60,000 images. The paper doesn't tell how much dropout it uses,
    /// how fast it learns or for how long; it also limits the teacher's weights, and this recipe doesn't.
    pub fn full() -> Self {
        Self::new(
            MlpConfig::new(vec![1200, 1200])
                .with_input_dropout(0.1)
                .with_hidden_dropout(0.3),
            MlpConfig::new(vec![800, 800]),
            Training::new(40, 128, 0.1).with_jitter(2),
            Training::new(12, 128, 0.1),
            Training::new(25, 128, 0.1),
            20.0,
            0.9,
        )
    }

    /// For the 12,000 images that come with the example: minutes instead of an hour.
    pub fn small() -> Self {
        Self::new(
            MlpConfig::new(vec![400, 400]).with_hidden_dropout(0.1),
            MlpConfig::new(vec![128]),
            Training::new(25, 64, 0.05).with_jitter(2),
            Training::new(20, 64, 0.1),
            Training::new(30, 64, 0.1),
            4.0,
            0.9,
        )
    }

    /// A few seconds, to see that everything runs. Its numbers mean nothing.
    pub fn quick() -> Self {
        Self::new(
            MlpConfig::new(vec![64]),
            MlpConfig::new(vec![16]),
            Training::new(2, 64, 0.1).with_jitter(1),
            Training::new(2, 64, 0.1),
            Training::new(2, 64, 0.1),
            4.0,
            0.9,
        )
    }

    /// The same with this many epochs for every network.
    pub fn with_epochs(mut self, epochs: usize) -> Self {
        for training in [
            &mut self.teacher_training,
            &mut self.student_training,
            &mut self.distillation,
        ] {
            training.epochs = epochs;
        }
        self
    }
}
