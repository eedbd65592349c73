//! Where a single step is done, and its result is put.

use std::fs;
use std::path::Path;

use kd::{Error, write_whole};
use kd_examples::course::Course;
use kd_examples::curve_plot::{Curve, curve_plot};
use kd_examples::failure::Failure;
use kd_examples::writable::check_writable;
use serde::Serialize;
use serde_json::{Value, json};

use crate::lab::Lab;
use crate::reader::Reader;
use crate::step_options::StepOptions;
use crate::trainer::{Run, Training, forget_checkpoints};

/// What says what came of a step.
const REPORT: &str = "report.json";

/// Where a single step is done, and its result is put.
pub struct Desk<'a> {
    lab: &'a Lab,
    folder: &'a Path,
    /// How the step trains.
    pub training: Training,
    plan: Value,
}

impl<'a> Desk<'a> {
    /// In the folder that the options name. Where they say nothing else, the training is that of the recipe; `work` is
    /// all else that decides what comes out.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when nothing can be written there.
    pub fn new(lab: &'a Lab, how: &'a StepOptions, of_recipe: &Training, work: &Value) -> Result<Self, Error> {
        check_writable(&how.to.join(REPORT))?;
        let training = how.training(of_recipe);
        Ok(Self {
            lab,
            folder: &how.to,
            plan: json!({ "work": work, "training": training, "length": how.length }),
            training,
        })
    }

    /// The training of this name.
    pub fn run(&self, name: &str) -> Run<'_, Value> {
        Run {
            lab: self.lab,
            name: name.into(),
            training: &self.training,
            plan: &self.plan,
            folder: self.folder.into(),
        }
    }

    /// Keeps the network, how it went, and what came of it.
    ///
    /// # Errors
    ///
    /// [`Failure`] when it cannot be written.
    pub fn keep(&self, reader: &Reader, course: Option<&Course>, result: &impl Serialize) -> Result<(), Failure> {
        reader.save(self.folder)?;
        let report = json!({ "plan": self.plan, "result": result, "course": course });
        let report = serde_json::to_string_pretty(&report).expect("a report is JSON");
        write_whole(self.folder.join(REPORT), |temporary| fs::write(temporary, &report))?;
        if let Some(course) = course {
            let losses = losses(course)?;
            write_whole(self.folder.join("losses.svg"), |temporary| {
                fs::write(temporary, &losses)
            })?;
        }
        forget_checkpoints(self.folder);
        println!("The network is in {}.", self.folder.display());
        Ok(())
    }
}

/// A picture of a training's losses.
fn losses(course: &Course) -> Result<String, Failure> {
    let names = course
        .points
        .first()
        .map(|point| point.losses.keys().cloned().collect());
    let names: Vec<String> = names.unwrap_or_default();
    let curves: Vec<Curve> = names
        .into_iter()
        .map(|name| Curve {
            points: course
                .points
                .iter()
                .map(|point| (point.step as f64, point.losses[&name], String::new()))
                .collect(),
            name,
        })
        .collect();
    Ok(curve_plot("Losses before their weights", ["step", "loss"], &curves)?)
}
