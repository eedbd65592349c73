//! A small residual network learns from a large one on CIFAR-10: `cargo run --release --example cifar10 -- --quick`.
//!
//! Read [`distil`] for distillation itself, [`alignment`] for which layer learns from which, [`study`] for the order of
//! things, [`kd_examples::residual`] for how a model returns its features.

mod alignment;
mod answers;
mod distil;
mod lab;
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
use kd_examples::cifar10::data;
use kd_examples::failure::{Failure, exit_code};
use kd_examples::interrupt::Interrupt;

use crate::alignment::Alignment;
use crate::answers::Answers;
use crate::lab::Lab;
use crate::options::Options;
use crate::report::{Change, Cost, Report};
use crate::score::Score;
use crate::study::{Keeper, run_seed};

fn main() -> ExitCode {
    exit_code(run(&Options::parse()))
}

fn run(options: &Options) -> Result<(), Failure> {
    let interrupt = Interrupt::on_ctrl_c()?;
    let device = options.run.device.device()?;
    let out = options.run.out("cifar10");
    let recipe = options.recipe();
    // A pair of networks that cannot be paired is better found now than after an hour.
    alignment::by_counting(&recipe)?;
    let data = data::load(options.data_dir.as_deref(), recipe.amounts, options.validate)?;
    println!(
        "{} training, {} validation and {} test images from {}",
        data.source.train, data.source.validation, data.source.test, data.source.name
    );
    let costs = [recipe.teacher, recipe.student].map(|network| Cost {
        network,
        parameters: network.init(&device.clone().autodiff()).parameters(),
        multiply_adds: network.multiply_adds(recipe.side),
    });
    let report = Report::new(options.clone(), recipe.clone(), data.source.clone(), costs);
    report.check_writable()?;

    let lab = Lab::new(recipe, data, device, interrupt);
    let mut desk = Desk {
        lab: &lab,
        folder: out.clone(),
        report,
    };
    let finished = options.seeds().try_for_each(|seed| run_seed(&lab, seed, &mut desk));
    let mut report = desk.report;
    report.complete = finished.is_ok();
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
        println!(
            "seed {}, {}: {:.2} % errors ({:.0} s)",
            score.seed,
            score.who.name(),
            score.error_percent(),
            score.seconds
        );
        self.report.scores.push(score);
        Ok(self.report.write()?)
    }

    fn align(&mut self, alignment: &Alignment) -> Result<(), Failure> {
        pictures::similarity(&self.folder, alignment)?;
        self.report.alignments.push(alignment.clone());
        Ok(self.report.write()?)
    }

    fn compare(&mut self, seed: u64, alone: &Answers, both: &Answers) -> Result<(), Failure> {
        let gained = both.gained(alone, &self.lab.test);
        self.report.changes.push(Change {
            seed,
            gained: gained.len(),
            lost: alone.gained(both, &self.lab.test).len(),
        });
        pictures::gained(&self.folder, seed, &self.lab.test, &gained)?;
        Ok(self.report.write()?)
    }
}
