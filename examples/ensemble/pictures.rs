//! The two pictures: members against the ensemble against its students, and how unlike the members are.

use std::fs;
use std::path::Path;

use kd::ensemble::{DiversityReport, MemberMap};
use kd::write_whole;
use kd_examples::failure::Failure;
use kd_examples::strip_plot::{Strip, strip_plot};

use crate::report::Report;
use crate::score::Who;
use crate::way::Way;

/// Draws the errors of members, ensemble and students into `errors.svg`.
///
/// # Errors
///
/// [`Failure`] when it cannot be drawn or written.
pub fn errors(folder: &Path, report: &Report) -> Result<(), Failure> {
    let columns: [(&str, &dyn Fn(Who) -> bool); 5] = [
        ("members", &|who| matches!(who, Who::Member(_))),
        ("a network alone", &|who| who == Who::Alone),
        ("the ensemble", &|who| who == Who::Ensemble(Way::MeanOfProbs)),
        ("student of one", &|who| who == Who::OfMember),
        ("student of all", &|who| who == Who::Of(Way::MeanOfProbs)),
    ];
    let strips = columns.map(|(name, who)| Strip {
        name: name.into(),
        values: report
            .scores
            .iter()
            .filter(|score| who(score.who))
            .map(|score| score.errors as f64)
            .collect(),
    });
    let lowest = strips
        .iter()
        .flat_map(|strip| &strip.values)
        .copied()
        .fold(f64::INFINITY, f64::min);
    // Far above 0 all dots would be a line; the axis says where it begins.
    let floor = if lowest.is_finite() {
        (lowest * 0.08).floor() * 10.0
    } else {
        0.0
    };
    let svg = strip_plot(
        "A dot for each network, a line at the mean",
        &format!("errors on {} images", report.data.test),
        floor,
        &strips,
    )?;
    Ok(write_whole(folder.join("errors.svg"), |temporary| {
        fs::write(temporary, &svg)
    })?)
}

/// Draws how often two members disagree into `disagreement-SEED.svg`.
///
/// # Errors
///
/// [`Failure`] when it cannot be written.
pub fn disagreement(folder: &Path, seed: u64, report: &DiversityReport) -> Result<(), Failure> {
    let names = (1..=report.disagreement.members()).map(|number| format!("member {number}"));
    let map = MemberMap::new(
        "Share of the images on which two members disagree",
        &report.disagreement,
        names,
    );
    let file = folder.join(format!("disagreement-{seed}.svg"));
    Ok(write_whole(file, |temporary| fs::write(temporary, map.svg()))?)
}
