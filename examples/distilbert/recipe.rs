//! The numbers of the experiment.

use serde::Serialize;

use crate::trainer::Training;

/// Everything that makes two runs of the experiment the same experiment.
#[derive(Clone, Debug, Serialize)]
pub struct Recipe {
    /// How many seeds of the tasks.
    pub seeds: u64,
    /// Layers of the student; half of the teacher's, if not given.
    pub layers: Option<usize>,
    /// Tokens of a sequence of the corpus.
    pub length: usize,
    /// How the teacher's head is trained.
    pub prepare: Training,
    /// How students learn from the corpus.
    pub distil: Training,
    /// How networks learn a task; the steps follow from the epochs.
    pub finetune: Training,
    /// Passes over a task's texts.
    pub epochs: usize,
    /// Tokens that are read of a text of a task.
    pub text_length: usize,
    /// Texts of a task to learn from, at most.
    pub texts: Option<usize>,
    /// How a sentence encoder learns.
    pub embed: Training,
    /// How a student learns its teacher's vectors of a task's texts; the steps follow from the epochs.
    pub adapt: Training,
    /// Passes over a task's texts for that.
    pub adapt_epochs: usize,
}

impl Recipe {
    /// For a network too small to know anything, in under two minutes on two cores.
    pub fn tiny() -> Self {
        Self {
            seeds: 3,
            layers: None,
            length: 32,
            prepare: training(250, 32, 2e-3),
            distil: training(200, 32, 2e-3),
            finetune: training(0, 32, 1e-3),
            epochs: 2,
            text_length: 32,
            texts: None,
            embed: training(100, 32, 1e-3),
            adapt: training(0, 32, 1e-3),
            adapt_epochs: 1,
        }
    }

    /// For a pretrained model of some ten to a hundred million parameters: what two cores do in an evening. Whoever has
    /// more gives more steps.
    pub fn pretrained() -> Self {
        Self {
            seeds: 3,
            layers: None,
            length: 64,
            prepare: training(200, 8, 1e-3),
            distil: training(400, 8, 5e-4),
            finetune: training(0, 32, 2e-4),
            epochs: 2,
            text_length: 48,
            texts: None,
            embed: training(40, 32, 5e-4),
            adapt: training(0, 32, 5e-4),
            adapt_epochs: 1,
        }
    }

    /// The same in seconds, to see that it runs.
    pub fn quick(self) -> Self {
        let few = |training: Training| Training {
            steps: 6,
            batch: 8,
            ..training
        };
        Self {
            seeds: 1,
            prepare: few(self.prepare),
            distil: few(self.distil),
            embed: few(self.embed),
            epochs: 1,
            texts: Some(64),
            ..self
        }
    }
}

fn training(steps: usize, batch: usize, learning_rate: f64) -> Training {
    Training {
        steps,
        batch,
        learning_rate,
        seed: 1,
    }
}
