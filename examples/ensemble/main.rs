//! Many networks become one: `cargo run --release --example ensemble`.
//!
//! Read [`distil`] for the ways to learn from many, [`members`] for bagging and for what is recorded, [`study`] for the order of
//! things, [`images`] for views that a cache can name.

#[cfg(test)]
mod bands;
mod cost;
mod data;
mod distil;
mod images;
mod keeper;
mod lab;
mod members;
mod network;
mod options;
mod pictures;
mod recipe;
mod report;
mod score;
mod students;
mod study;
mod tables;
mod train;
mod views;
mod way;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use kd_examples::failure::{Failure, exit_code};
use kd_examples::interrupt::Interrupt;

use crate::cost::Cost;
use crate::keeper::{Keeper, Looks};
use crate::lab::Lab;
use crate::options::Options;
use crate::report::{MembersOfSeed, Report};
use crate::score::Score;
use crate::study::run_seed;

fn main() -> ExitCode {
    exit_code(run(&Options::parse()))
}

fn run(options: &Options) -> Result<(), Failure> {
    let interrupt = Interrupt::on_ctrl_c()?;
    let device = options.run.device.device()?;
    let out = options.run.out("ensemble");
    let recipe = options.recipe();
    let data = data::load(options, &recipe)?;
    let source = data.source.clone();
    println!(
        "{} training, {} validation and {} test images from {}",
        source.train, source.validation, source.test, source.name
    );
    let report = Report::new(options.clone(), recipe.clone(), source);
    report.check_writable()?;

    let seeds = options.run.seeds(recipe.seeds);
    let lab = Lab {
        recipe,
        data,
        bags: !options.no_bags,
        ways: options.ways(),
        live: options.live || !options.full,
        cache: options.cache(),
        device: device.autodiff(),
        interrupt,
    };
    let mut desk = Desk {
        folder: out.clone(),
        report,
    };
    let finished = seeds.into_iter().try_for_each(|seed| run_seed(&lab, seed, &mut desk));
    let mut report = desk.report;
    report.complete = finished.is_ok();
    report.costs = [1, lab.recipe.members]
        .map(|networks| Cost::measure(&lab, networks))
        .into();
    report.write()?;
    pictures::errors(&out, &report)?;
    println!("{}", tables::tables(&report));
    println!("Pictures and results.json are in {}.", out.display());
    finished
}

/// Keeps every result in files from the moment it is there.
struct Desk {
    folder: PathBuf,
    report: Report,
}

impl Keeper for Desk {
    fn keep(&mut self, score: Score) -> Result<(), Failure> {
        println!(
            "seed {}, {}: {} ({:.0} s)",
            score.seed,
            score.who.name(),
            score.report,
            score.seconds
        );
        self.report.scores.push(score);
        Ok(self.report.write()?)
    }

    fn look_at_members(&mut self, seed: u64, looks: Looks) -> Result<(), Failure> {
        println!("seed {seed}, members: {}", looks.diversity);
        pictures::disagreement(&self.folder, seed, &looks.diversity)?;
        self.report.members.push(MembersOfSeed { seed, looks });
        Ok(self.report.write()?)
    }
}
