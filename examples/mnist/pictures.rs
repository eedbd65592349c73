//! The two pictures: what the teacher sees in each digit, and how many errors each network makes.

use std::fs;
use std::path::Path;

use kd::write_whole;
use kd_examples::digits::{CLASSES, Digits};
use kd_examples::failure::Failure;
use kd_examples::heat_map::{HeatMap, heat_maps};
use kd_examples::picture::DrawError;
use kd_examples::strip_plot::{Strip, strip_plot};

use crate::answers::Answers;
use crate::score::{Score, Who};

/// The paper's temperature, at which one sees what one misses at 1.
const SOFT: f64 = 20.0;

/// Draws the mean soft targets of each true digit at T = 1 and T = 20 into `soft_targets.svg`.
///
/// # Errors
///
/// [`Failure`] when it cannot be drawn or written.
pub fn soft_targets(folder: &Path, teacher: &Answers, truth: &Digits) -> Result<(), Failure> {
    let maps = [1.0, SOFT].map(|temperature| HeatMap {
        title: format!("T = {temperature}"),
        shares: (0..CLASSES as u8)
            .map(|digit| teacher.mean_probs_of(truth, digit, temperature).to_vec())
            .collect(),
    });
    let title = "What the teacher sees in each digit: its mean soft targets on the test images, percent";
    save(
        folder,
        "soft_targets.svg",
        heat_maps(title, ["true digit", "digit seen"], &maps),
    )
}

/// Draws the errors of every network and seed into `errors.svg`.
///
/// # Errors
///
/// [`Failure`] when it cannot be drawn or written.
pub fn errors(folder: &Path, scores: &[Score]) -> Result<(), Failure> {
    let strips = Who::MAIN.map(|who| Strip {
        name: who.name().into(),
        values: scores
            .iter()
            .filter(|score| score.who == who)
            .map(|score| score.errors as f64)
            .collect(),
    });
    let images = scores.first().map_or(0, |score| score.images);
    save(
        folder,
        "errors.svg",
        strip_plot(
            "A dot for each seed, a line at the mean",
            &format!("errors on {images} images"),
            0.0,
            &strips,
        ),
    )
}

fn save(folder: &Path, name: &str, svg: Result<String, DrawError>) -> Result<(), Failure> {
    let svg = svg?;
    Ok(write_whole(folder.join(name), |temporary| fs::write(temporary, &svg))?)
}
