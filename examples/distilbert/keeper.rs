//! What comes of the steps, and whoever keeps it.

use kd_examples::course::Course;
use kd_examples::failure::Failure;
use serde::{Deserialize, Serialize};

use crate::embed::EmbeddingLoss;
use crate::likeness::Likeness;
use crate::prepare::Head;
use crate::score::{Score, Variation};

/// Whoever keeps the results, from the moment each of them is there.
pub trait Keeper {
    /// Keeps what became of the teacher.
    ///
    /// # Errors
    ///
    /// [`Failure::Library`] when there is nowhere to keep it.
    fn prepared(&mut self, prepared: Prepared) -> Result<(), Failure>;

    /// Keeps what a student learned of the language.
    ///
    /// # Errors
    ///
    /// [`Failure::Library`] when there is nowhere to keep it.
    fn distilled(&mut self, distilled: Distilled) -> Result<(), Failure>;

    /// Keeps how well a task was learned.
    ///
    /// # Errors
    ///
    /// [`Failure::Library`] when there is nowhere to keep it.
    fn scored(&mut self, score: Score) -> Result<(), Failure>;

    /// Keeps how a sentence encoder was learned.
    ///
    /// # Errors
    ///
    /// [`Failure::Library`] when there is nowhere to keep it.
    fn embedded(&mut self, embedded: Embedded) -> Result<(), Failure>;
}

/// What became of the teacher.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Prepared {
    /// What its head for tokens is.
    pub head: Head,
    /// Its parameters, and its layers.
    pub size: [usize; 2],
    /// The cross-entropy of hidden tokens after the training, nats.
    pub cross_entropy: f64,
    /// How the training went, if there was one.
    pub course: Option<Course>,
}

/// What a student learned of the language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Distilled {
    /// Which student.
    pub variation: Variation,
    /// Its parameters, and its layers.
    pub size: [usize; 2],
    /// The cross-entropy of hidden tokens after the training, nats.
    pub cross_entropy: f64,
    /// How the training went, if there was one.
    pub course: Option<Course>,
}

/// How a sentence encoder was learned.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Embedded {
    /// What its vectors were held against.
    pub loss: EmbeddingLoss,
    /// How near to the teacher's they were before.
    pub before: Likeness,
    /// How near they are.
    pub after: Likeness,
    /// How the training went.
    pub course: Course,
}
