//! What comes of a seed, and whoever keeps it.

use kd::ensemble::DiversityReport;
use kd_examples::failure::Failure;

use crate::members::Recording;
use crate::score::Score;

/// Whoever keeps the results, from the moment each of them is there.
pub trait Keeper {
    /// Keeps the score of a finished network.
    ///
    /// # Errors
    ///
    /// [`Failure::Library`] when there is nowhere to keep it.
    fn keep(&mut self, score: Score) -> Result<(), Failure>;

    /// Keeps how unlike the members are, what recording all of them cost, and their fitted weights.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there is nowhere to keep or to draw it.
    fn look_at_members(&mut self, seed: u64, looks: Looks) -> Result<(), Failure>;
}

/// What there is to know about the members of a seed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Looks {
    /// How unlike they are on the test images.
    pub diversity: DiversityReport,
    /// What it cost to record them.
    pub recording: Recording,
    /// The weights that fit the validation images best.
    pub fitted: Vec<f64>,
}
