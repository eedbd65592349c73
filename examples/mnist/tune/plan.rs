//! What is searched, for whom, and with what: results on the disk belong to one plan and to no other.

use kd_examples::burn_version::burn_version;
use kd_examples::data::Source;
use kd_examples::device::Backend;
use serde::Serialize;

use crate::lab::Lab;
use crate::options::Options;
use crate::recipe::Recipe;

/// From the teacher's own probabilities to nearly even ones. 1 comes first: of equal points the first is chosen.
const TEMPERATURES: [f64; 5] = [1.0, 2.0, 4.0, 8.0, 16.0];
/// From half of the loss to all of it.
const ALPHAS: [f64; 3] = [0.5, 0.9, 1.0];

/// All that a score depends on, but for its point and its seed.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    version: &'static str,
    burn: &'static str,
    device: Backend,
    data: Source,
    recipe: Recipe,
    /// Temperatures to try.
    pub temperatures: Vec<f64>,
    /// Shares of the soft loss to try.
    pub alphas: Vec<f64>,
    /// Seeds to try each point with.
    pub seeds: Vec<u64>,
    /// For how many epochs a student learns: all of them, and before that a third where points are halved.
    pub epochs: Vec<usize>,
    /// Training images that are held out.
    pub validation: usize,
}

impl Plan {
    /// The plan these options ask for.
    ///
    /// # Errors
    ///
    /// [`kd::Error::InvalidValue`] if all training images would be held out.
    pub fn new(options: &Options, lab: &Lab, data: Source) -> Result<Self, kd::Error> {
        let all = lab.recipe.distillation.epochs;
        let first = all.div_ceil(3);
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            burn: burn_version(),
            device: options.run.device,
            data,
            recipe: lab.recipe.clone(),
            temperatures: TEMPERATURES.to_vec(),
            alphas: ALPHAS.to_vec(),
            seeds: options.search_seeds().collect(),
            epochs: match options.task.halving && first < all {
                true => vec![first, all],
                false => vec![all],
            },
            validation: options.task.validation(lab.train.len())?,
        })
    }
}
