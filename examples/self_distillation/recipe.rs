//! What is trained and how: one recipe per size of the experiment.

use burn::config::Config;
use kd::Schedule;
use kd::self_distillation::{ByotLossConfig, EmaConfig};
use kd::soft_label::KnowledgeDistillationLossConfig;

use crate::network::NetworkConfig;
use crate::train::Training;

/// The network, its training, and how much it listens to itself.
///
/// BYOT's alpha and beta were chosen among five settings by the shallowest exit's errors on the last 10,000 of
/// Fashion-MNIST's *training* images, held out for the purpose, with a seed that no result is of. The temperature is BYOT's
/// default. Epochs were chosen by the time they take; learning rate, weight decay, the average's decay, and how much a generation
/// listens to the one before are the first that were tried. The test images had no say.
#[derive(Config, Debug)]
pub struct Recipe {
    /// The network, the same in every way of training.
    pub network: NetworkConfig,
    /// How it is trained, the same in every way.
    pub training: Training,
    /// How the average along plain training forgets.
    pub ema: EmaConfig,
    /// How much a generation learns from the one before.
    pub born_again: KnowledgeDistillationLossConfig,
    /// How much shallow exits learn from the deepest.
    pub byot: ByotLossConfig,
}

impl Recipe {
    /// For 60,000 images.
    pub fn full() -> Self {
        Self::of(Training::new(4, 64, 0.1), 0.998)
    }

    /// For the 12,000 images that come with the example.
    pub fn small() -> Self {
        Self::of(Training::new(3, 32, 0.05), 0.99)
    }

    /// A few seconds, to see that everything runs. Its numbers mean nothing.
    pub fn quick() -> Self {
        Self::of(Training::new(1, 50, 0.1), 0.9)
    }

    fn of(training: Training, decay: f64) -> Self {
        Self::new(
            NetworkConfig::new([8, 16, 32]),
            training,
            EmaConfig::new().with_decay(Schedule::constant(decay)),
            // The labels were looked at when they were read.
            KnowledgeDistillationLossConfig::new()
                .with_temperature(1.0)
                .with_alpha(0.5)
                .with_check_labels(false),
            ByotLossConfig::new().with_alpha(0.3).with_check_labels(false),
        )
    }
}
