//! Which block of the student learns from which of the teacher: by counting, and by evidence.

use burn::module::Module;
use kd::feature::align::{CkaConfig, Matching, Plan, Similarity};
use kd::{Error, Features};
use kd_examples::residual::Network;
use serde::Serialize;

use crate::lab::Lab;
use crate::recipe::Recipe;

/// The ways to pair blocks that the experiment compares.
#[derive(Clone, Debug, Serialize)]
pub struct Alignment {
    /// The seed of the two networks.
    pub seed: u64,
    /// How alike their blocks are on the validation images.
    pub similarity: Similarity,
    /// First with first, second with second.
    pub by_index: Plan,
    /// Last with last, the others evenly spaced.
    pub evenly_spaced: Plan,
    /// The most alike, in order.
    pub by_alignment: Plan,
}

impl Alignment {
    /// Between a teacher and a student that learned without it, by debiased linear CKA (Nguyen and others, 2021) on the
    /// validation images.
    ///
    /// A student that has learned nothing has nothing to be compared yet: this one has learned from the labels, which a study
    /// does anyway.
    ///
    /// # Errors
    ///
    /// [`Error`] when the student has more blocks than the teacher or the networks give no numbers.
    pub fn of(lab: &Lab, seed: u64, student: &Network, teacher: &Network) -> Result<Self, Error> {
        let (student, teacher) = (student.valid(), teacher.valid());
        let mut cka = CkaConfig::new().init();
        for images in lab.batches(&lab.validation) {
            let [student, teacher] = [&student, &teacher].map(|network| network.forward(images.clone()).features);
            cka.update(&blocks(&student), &blocks(&teacher))?;
        }
        let similarity = cka.similarity()?;
        let (by_index, evenly_spaced) = by_counting(&lab.recipe)?;
        Ok(Self {
            seed,
            by_alignment: similarity.plan(Matching::Monotone)?,
            similarity,
            by_index,
            evenly_spaced,
        })
    }
}

/// The two plans that need no evidence: by index, and evenly spaced.
///
/// # Errors
///
/// [`Error::TooFewLayers`] when the student has more blocks than the teacher.
pub fn by_counting(recipe: &Recipe) -> Result<(Plan, Plan), Error> {
    let [student, teacher] = [recipe.student, recipe.teacher].map(|network| network.block_names());
    let names = || (student.iter().map(String::as_str), teacher.iter().map(String::as_str));
    let by_index = Plan::by_index(names().0, names().1)?;
    Ok((by_index, Plan::evenly_spaced(names().0, names().1)?))
}

/// The blocks' features alone: stem and pooled vector are left out of all plans.
fn blocks(features: &Features) -> Features {
    let blocks = features.iter().filter(|(name, _)| !matches!(*name, "stem" | "pooled"));
    blocks.fold(Features::new(), |blocks, (name, feature)| {
        blocks.with(name, feature.clone())
    })
}
