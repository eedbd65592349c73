//! A small network learns from a large one on MNIST: `cargo run --release --example mnist`.
//!
//! Read [`distil`] for distillation itself, [`study`] for the order of things, [`missing_digit`] for the student that
//! never saw a 3.

mod answers;
mod cost;
mod distil;
mod lab;
mod missing_digit;
mod options;
mod pictures;
mod recipe;
mod report;
mod score;
mod study;
mod tables;
mod train;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use kd_examples::data;
use kd_examples::failure::{Failure, exit_code};
use kd_examples::interrupt::Interrupt;

use crate::answers::Answers;
use crate::cost::Cost;
use crate::lab::Lab;
use crate::options::Options;
use crate::report::Report;
use crate::score::Score;
use crate::study::{Keeper, run_seed};

fn main() -> ExitCode {
    exit_code(run(&Options::parse()))
}

fn run(options: &Options) -> Result<(), Failure> {
    let interrupt = Interrupt::on_ctrl_c()?;
    let device = options.run.device.device()?;
    let out = options.run.out("mnist");
    let recipe = options.recipe();
    let data = data::load(&options.wanted())?;
    println!(
        "{} training and {} test images from {}",
        data.train.len(),
        data.test.len(),
        data.source.name
    );
    let report = Report::new(options.clone(), recipe.clone(), data.source.clone());
    report.check_writable()?;

    let lab = Lab::new(recipe, data, device.clone(), interrupt);
    let mut desk = Desk {
        lab: &lab,
        folder: out.clone(),
        report,
    };
    let finished = options.seeds().try_for_each(|seed| run_seed(&lab, seed, &mut desk));
    let mut report = desk.report;
    report.complete = finished.is_ok();
    let sizes = [&lab.recipe.teacher, &lab.recipe.student];
    report.costs = Some(sizes.map(|size| Cost::measure(size, &lab.test, &device)));
    report.write()?;
    pictures::errors(&out, &report.scores)?;
    println!("{}", tables::tables(&report));
    println!("Pictures and results.json are in {}.", out.display());
    finished
}

/// Keeps every result in files from the moment it is there.
struct Desk<'a> {
    lab: &'a Lab,
    folder: PathBuf,
    report: Report,
}

impl Keeper for Desk<'_> {
    fn keep(&mut self, score: Score) -> Result<(), Failure> {
        let Score {
            seed,
            who,
            errors,
            threes_right,
            threes,
            ..
        } = score;
        println!(
            "seed {seed}, {}: {errors} errors, {threes_right} of {threes} 3s right",
            who.name()
        );
        self.report.scores.push(score);
        Ok(self.report.write()?)
    }

    fn look_at_teacher(&mut self, answers: &Answers) -> Result<(), Failure> {
        pictures::soft_targets(&self.folder, answers, &self.lab.test)
    }
}
