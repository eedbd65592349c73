//! What a training is made of.

use std::path::PathBuf;

use kd::LossTerms;
use serde::Serialize;

use crate::lab::Lab;

/// What a training is like.
#[derive(Clone, Debug, Serialize)]
pub struct Training {
    /// Steps of the optimizer.
    pub steps: usize,
    /// Texts in a step.
    pub batch: usize,
    /// The highest learning rate, after the first tenth of the steps.
    pub learning_rate: f64,
    /// Of the order of the texts, of what is masked, and of dropout.
    pub seed: u64,
}

/// What one step learns from, or a piece of it.
pub struct Lesson {
    /// The losses by name; of a piece, its shares of the whole step's.
    pub terms: LossTerms,
    /// How many tokens were read, without what fills up.
    pub tokens: usize,
}

/// One training: who learns, how, and where it is kept until it is finished.
pub struct Run<'a, P> {
    /// Where it takes place.
    pub lab: &'a Lab,
    /// Who learns.
    pub name: String,
    /// How.
    pub training: &'a Training,
    /// All that decides what comes out: a checkpoint of anything else is refused.
    pub plan: &'a P,
    /// Where its result goes. Checkpoints lie there until [`forget_checkpoints`](super::forget_checkpoints).
    pub folder: PathBuf,
}
