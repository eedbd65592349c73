//! The results as pictures.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use kd::write_whole;
use kd_examples::curve_plot::{Curve, curve_plot};
use kd_examples::failure::Failure;
use kd_examples::strip_plot::{Strip, strip_plot};

use crate::report::Report;

/// Draws what there is: how students learned the language, and who made how many errors at each task.
///
/// # Errors
///
/// [`Failure`] when a picture cannot be drawn or written.
pub fn draw(folder: &Path, report: &Report) -> Result<(), Failure> {
    let curves: Vec<Curve> = report
        .students
        .iter()
        .filter_map(|student| {
            let course = student.course.as_ref()?;
            let points = course.points.iter();
            Some(Curve {
                name: student.variation.name().into(),
                points: points
                    .filter_map(|point| Some((point.step as f64, *point.losses.get("mlm")?, String::new())))
                    .collect(),
            })
        })
        .collect();
    let axes = ["step", "cross-entropy of hidden tokens, nats"];
    let language = curve_plot("What students learn of the language", axes, &curves)?;
    write_whole(folder.join("language.svg"), |temporary| fs::write(temporary, &language))?;

    let tasks: BTreeSet<&str> = report.scores.iter().map(|score| &*score.task).collect();
    for task in tasks {
        let strips: Vec<Strip> = report
            .learners(task)
            .map(|who| {
                let scores = report
                    .scores
                    .iter()
                    .filter(|score| score.task == task && score.who == who);
                Strip {
                    name: who.short().into(),
                    values: scores.map(|score| 100.0 * (1.0 - score.report.accuracy)).collect(),
                }
            })
            .collect();
        let picture = strip_plot(&format!("Errors at {task}, a dot per seed"), "errors, %", 0.0, &strips)?;
        write_whole(folder.join(format!("{task}.svg")), |temporary| {
            fs::write(temporary, &picture)
        })?;
    }
    Ok(())
}
