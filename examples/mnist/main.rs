//! A small network learns from a large one on MNIST: `cargo run --release --example mnist`.
//!
//! Read [`distil`] for distillation itself, [`study`] for the order of things, [`missing_digit`] for the student that
//! never saw a 3.

mod answers;
mod cost;
mod data;
mod distil;
mod failure;
mod lab;
mod missing_digit;
mod model;
mod options;
mod recipe;
mod report;
mod score;
mod study;
mod tables;
mod train;

use std::process::ExitCode;

use clap::Parser;
use kd_examples::interrupt::{INTERRUPTED_STATUS, Interrupt};

use crate::answers::Answers;
use crate::cost::Cost;
use crate::failure::Failure;
use crate::lab::Lab;
use crate::options::Options;
use crate::report::Report;
use crate::score::Score;
use crate::study::{Keeper, run_seed};

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Interrupted(_)) => ExitCode::from(INTERRUPTED_STATUS),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), Failure> {
    let interrupt = Interrupt::on_ctrl_c()?;
    let device = options.device.device()?;
    let recipe = options.recipe();
    let data = data::load(&options)?;
    println!("{} training and {} test images from {}", data.train.len(), data.test.len(), data.source.name);
    let mut report = Report::new(options.clone(), recipe.clone(), data.source.clone());
    report.check_writable()?;

    let lab = Lab::new(recipe, data, device.clone(), interrupt);
    let finished = options.seeds().try_for_each(|seed| run_seed(&lab, seed, &mut report));
    report.complete = finished.is_ok();
    report.costs = Some([&lab.recipe.teacher, &lab.recipe.student].map(|config| Cost::measure(config, &lab.test, &device)));
    report.write()?;
    println!("{}", tables::tables(&report));
    finished
}

impl Keeper for Report {
    fn keep(&mut self, score: Score) -> Result<(), Failure> {
        println!("seed {}, {}: {} errors, {} of {} 3s right", score.seed, score.who.name(), score.errors, score.threes_right, score.threes);
        self.scores.push(score);
        Ok(self.write()?)
    }

    fn look_at_teacher(&mut self, _answers: &Answers) {}
}
