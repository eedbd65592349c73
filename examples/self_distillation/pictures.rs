//! The two pictures: how honest each exit is about being right, and what it saves to leave early.

use std::fs;
use std::path::Path;

use kd::metrics::{Calibration, ReliabilityDiagram};
use kd::write_whole;
use kd_examples::curve_plot::{Curve, curve_plot};
use kd_examples::failure::Failure;

use crate::network::EXITS;
use crate::report::Report;
use crate::way::Way;

/// Draws accuracy against confidence, over all seeds, into `reliability.svg`: every exit with labels alone and with the
/// deepest as a teacher, and the deepest exit alone and as four generations.
///
/// # Errors
///
/// [`Failure`] when it cannot be written.
pub fn reliability(folder: &Path, report: &Report) -> Result<(), Failure> {
    let panels = [(Way::DeepSupervision, Way::Plain), (Way::Byot, Way::Ensemble)]
        .into_iter()
        .flat_map(|(all_exits, deepest)| {
            let exits = all_exits.exits().map(move |exit| (all_exits, exit + 1));
            exits.chain([(deepest, EXITS)])
        });
    let mut diagram = ReliabilityDiagram::new("How sure an exit is, and how often it is right");
    let mut is_empty = true;
    for (way, exit) in panels {
        if let Some(calibration) = over_seeds(report, way, exit) {
            let name = match way.exits().len() {
                1 => way.name(),
                _ => format!("{}, exit {exit}", way.name()),
            };
            diagram = diagram.with(name, &calibration);
            is_empty = false;
        }
    }
    match is_empty {
        true => Ok(()),
        false => Ok(diagram.save(folder.join("reliability.svg"))?),
    }
}

/// All seeds' answers of one exit, counted together.
fn over_seeds(report: &Report, way: Way, exit: usize) -> Option<Calibration> {
    let scores = report
        .scores
        .iter()
        .filter(|score| (score.way, score.exit) == (way, exit));
    scores
        .map(|score| score.calibration.clone())
        .reduce(|mut sum, calibration| {
            sum.merge(&calibration);
            sum
        })
}

/// Draws errors against cost, mean over seeds, into `early_exit.svg`: a point for each threshold.
///
/// # Errors
///
/// [`Failure`] when it cannot be drawn or written.
pub fn early_exit(folder: &Path, report: &Report) -> Result<(), Failure> {
    let curves: Vec<Curve> = [Way::DeepSupervision, Way::Byot]
        .into_iter()
        .map(|way| Curve {
            name: way.name(),
            points: report
                .early_exits(way)
                .iter()
                .map(|row| (row.cost_percent, row.error_percent, row.threshold.to_string()))
                .collect(),
        })
        .filter(|curve| !curve.points.is_empty())
        .collect();
    if curves.is_empty() {
        return Ok(());
    }
    let svg = curve_plot(
        "Leaving at the first exit that is sure: a point for each threshold",
        ["multiply-adds, % of the deepest exit alone", "errors, %"],
        &curves,
    )?;
    Ok(write_whole(folder.join("early_exit.svg"), |temporary| {
        fs::write(temporary, &svg)
    })?)
}

#[cfg(test)]
mod tests {
    use burn::prelude::*;
    use clap::Parser;
    use kd::self_distillation::EarlyExitRow;
    use kd_examples::data::Source;
    use serde_json::json;

    use super::*;
    use crate::options::Options;
    use crate::score::{EarlyExits, Score};

    fn report(folder: &Path) -> Report {
        let options = Options::parse_from(["self_distillation", "--out", &folder.display().to_string()]);
        let source = Source {
            name: "nothing".into(),
            train: 0,
            test: 2,
            held_out: false,
        };
        let recipe = options.recipe();
        Report::new(options, recipe, source)
    }

    #[test]
    fn what_there_is_not_is_not_drawn() {
        let folder = tempfile::tempdir().unwrap();
        let report = report(folder.path());
        reliability(folder.path(), &report).unwrap();
        early_exit(folder.path(), &report).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn seeds_are_drawn_together() {
        let folder = tempfile::tempdir().unwrap();
        let mut report = report(folder.path());
        let device = Device::flex();
        for (seed, label) in [(1, 0), (2, 1)] {
            let logits = Tensor::from_floats([[1.0, 0.0], [1.0, 0.0]], &device);
            let labels = Tensor::from_ints([label; 2], &device);
            report.scores.push(Score::new(seed, Way::Byot, 0, logits, labels));
            let row = |threshold: f64, accuracy: f64, cost: f64| -> EarlyExitRow {
                let row = json!({"threshold": threshold, "accuracy": accuracy, "cost": cost, "samples": [1, 1, 0]});
                serde_json::from_value(row).expect("a row")
            };
            let rows = vec![row(0.5, 0.5, 0.25), row(0.9, 1.0 / f64::from(seed as u32), 0.75)];
            let way = Way::Byot;
            report.early_exits.push(EarlyExits { seed, way, rows });
        }
        let pooled = over_seeds(&report, Way::Byot, 1).unwrap();
        assert_eq!((pooled.samples(), pooled.accuracy()), (4, Some(0.5)));
        let means = report.early_exits(Way::Byot);
        assert_eq!((means[1].error_percent, means[1].cost_percent), (25.0, 75.0));
        assert_eq!(means[1].leaving_percent, [50.0, 50.0, 0.0]);

        reliability(folder.path(), &report).unwrap();
        early_exit(folder.path(), &report).unwrap();
        let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(read("reliability.svg").contains("BYOT, exit 1"));
        let svg = read("early_exit.svg");
        assert!(svg.contains("BYOT") && svg.matches("<circle").count() == 2);
    }
}
