//! A network with three exits teaches itself: `cargo run --release --example self_distillation`.
//!
//! Read [`teach`] for self-distillation itself, [`study`] for the order of things, [`network`] for a network that can answer
//! at three depths.

mod cost;
mod lab;
mod layer;
mod network;
mod options;
mod pictures;
mod recipe;
mod report;
mod score;
mod study;
mod tables;
mod teach;
mod train;
mod way;

use std::process::ExitCode;

use clap::Parser;
use kd_examples::data;
use kd_examples::failure::{Failure, exit_code};
use kd_examples::interrupt::Interrupt;

use crate::cost::measure;
use crate::lab::Lab;
use crate::network::Network;
use crate::options::{Options, Part};
use crate::report::Report;
use crate::score::{EarlyExits, Score};
use crate::study::{Keeper, THRESHOLDS, run_seed};
use crate::way::Way;

fn main() -> ExitCode {
    exit_code(run(&Options::parse()))
}

fn run(options: &Options) -> Result<(), Failure> {
    let interrupt = Interrupt::on_ctrl_c()?;
    let device = options.run.device.device()?;
    let out = options.run.out("self_distillation");
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

    let lab = Lab::new(recipe, data, device, interrupt);
    let mut desk = Desk { report, byot: None };
    let parts: Vec<Part> = Part::ALL.into_iter().filter(|part| options.wants(*part)).collect();
    let finished = options
        .seeds()
        .try_for_each(|seed| run_seed(&lab, seed, &parts, &mut desk));
    let Desk { mut report, byot } = desk;
    report.complete = finished.is_ok();
    let (size, device) = (&lab.recipe.network, lab.plain_device());
    // Freshly drawn weights take as long as trained ones, but are sure of nothing.
    let (network, thresholds) = match byot {
        Some(network) => (network, &THRESHOLDS[..]),
        None => (size.init(&device), &[][..]),
    };
    let (costs, times) = measure(size, &network, thresholds, &lab.test, &device);
    (report.costs, report.early_exit_times) = (costs.to_vec(), times);
    report.write()?;
    pictures::reliability(&out, &report)?;
    pictures::early_exit(&out, &report)?;
    println!("{}", tables::tables(&report));
    println!("Pictures and results.json are in {}.", out.display());
    finished
}

/// Keeps every result in files from the moment it is there.
struct Desk {
    report: Report,
    /// The first network that BYOT trained, to be measured in the end.
    byot: Option<Network>,
}

impl Keeper for Desk {
    fn keep(&mut self, score: Score) -> Result<(), Failure> {
        println!(
            "seed {}, {}, exit {}: {} ({:.0} s)",
            score.seed,
            score.way.name(),
            score.exit,
            score.report,
            score.seconds
        );
        self.report.scores.push(score);
        Ok(self.report.write()?)
    }

    fn leave_early(&mut self, exits: EarlyExits, network: &Network) -> Result<(), Failure> {
        if exits.way == Way::Byot {
            self.byot.get_or_insert_with(|| network.clone());
        }
        self.report.early_exits.push(exits);
        Ok(self.report.write()?)
    }
}
