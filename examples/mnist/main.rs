//! A small network learns from a large one on MNIST: `cargo run --release --example mnist`.
//!
//! Read [`distil`] for distillation itself, [`study`] for the order of things, [`missing_digit`] for the student that
//! never saw a 3; [`tune`] for the search of a temperature (`--tune`), [`diagnose`] for a look at teacher and student
//! (`--diagnose`); [`learner`] for the same distillation in Burn's own training loop (`--learner`).

mod answers;
#[cfg(test)]
mod bars;
mod batches;
mod cost;
mod diagnose;
mod distil;
mod lab;
mod labels;
mod learner;
mod missing_digit;
mod options;
mod pictures;
mod recipe;
mod report;
mod score;
mod study;
mod tables;
mod task_options;
mod train;
mod tune;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use kd_examples::data::{self, Source};
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
    let data = data::load(&options.wanted())?;
    println!(
        "{} training and {} test images from {}",
        data.train.len(),
        data.test.len(),
        data.source.name
    );
    let source = data.source.clone();
    let mut lab = Lab::new(options.recipe(), data, device, interrupt);
    lab.learner = options.learner;
    if options.task.tune {
        tune::run(options, &lab, source, &|words: &str| println!("{words}"))
    } else if options.task.diagnose {
        diagnose::run(options, &lab, source)
    } else {
        compare(options, &lab, source)
    }
}

/// Teacher, students and the missing digit, seed by seed.
fn compare(options: &Options, lab: &Lab, source: Source) -> Result<(), Failure> {
    let out = options.run.out("mnist");
    let report = Report::new(options.clone(), lab.recipe.clone(), source);
    report.check_writable()?;

    let mut desk = Desk {
        lab,
        folder: out.clone(),
        report,
    };
    let finished = options.seeds().try_for_each(|seed| run_seed(lab, seed, &mut desk));
    let mut report = desk.report;
    report.complete = finished.is_ok();
    let sizes = [&lab.recipe.teacher, &lab.recipe.student];
    report.costs = Some(sizes.map(|size| Cost::measure(size, &lab.test, &lab.plain_device())));
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
