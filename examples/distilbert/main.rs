//! DistilBERT's recipe, end to end: `cargo run --release --example distilbert`.
//!
//! Read [`student`] for a student made of its teacher's layers, [`objective`] for the triple loss, [`distil`],
//! [`classify`] and [`embed`] for three things to be taught, [`trainer`] for a loop that can be interrupted, [`study`]
//! for the order of things.

mod classify;
mod corpus;
mod desk;
mod distil;
mod embed;
mod export;
mod keeper;
mod lab;
mod likeness;
mod objective;
mod options;
mod pictures;
mod plans;
mod prepare;
mod reader;
mod recipe;
mod report;
mod score;
mod source;
mod step_options;
mod steps;
mod student;
mod study;
mod tables;
mod texts;
mod thrift;
mod trainer;

use std::process::ExitCode;

use clap::Parser;
use kd_examples::failure::{Failure, exit_code};
use kd_examples::interrupt::Interrupt;

use crate::lab::Lab;
use crate::options::{Options, StudyOptions};
use crate::report::Report;
use crate::score::Variation;
use crate::study::Study;

fn main() -> ExitCode {
    exit_code(run(&Options::parse()))
}

fn run(options: &Options) -> Result<(), Failure> {
    let interrupt = Interrupt::on_ctrl_c()?;
    match &options.step {
        Some(step) => steps::run(step, interrupt),
        None => all_steps(&options.study, interrupt),
    }
}

fn all_steps(options: &StudyOptions, interrupt: Interrupt) -> Result<(), Failure> {
    let recipe = options.recipe();
    let lab = Lab {
        device: options.run.device.device()?.autodiff(),
        interrupt,
    };
    let out = options.run.out("distilbert");
    let mut report = Report::new(options.clone(), recipe.clone());
    report.check_writable()?;
    let finished = Study::new(&lab, &recipe, options, out.clone()).run(&mut report);
    report.complete = finished.is_ok();
    // What fails before anything is there leaves an earlier run's results as they are.
    if report.teacher.is_some() {
        report.write()?;
        pictures::draw(&out, &report)?;
        println!("{}", tables::tables(&report));
        println!(
            "What is finished is in {}, with results.json and pictures.",
            out.display()
        );
    }
    if finished.is_ok() && options.needs(Variation::Whole) {
        println!("The first student is a plain BERT in {}.", out.join("export").display());
    }
    finished
}
