//! What is trained and how: one recipe per size of the experiment.

use burn::config::Config;
use kd::Schedule;
use kd::self_distillation::{ByotLossConfig, EmaConfig};
use kd::soft_label::KnowledgeDistillationLossConfig;

use crate::network::NetworkConfig;
use crate::train::Training;

/// The network, its training, and how much it listens to itself.
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
        Self::of(Training::new(5, 64, 0.1), 0.99)
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
            KnowledgeDistillationLossConfig::new()
                .with_temperature(1.0)
                .with_alpha(0.5)
                // The labels were looked at when they were read.
                .with_check_labels(false),
            ByotLossConfig::new().with_check_labels(false),
        )
    }
}
