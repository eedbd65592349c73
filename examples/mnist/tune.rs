//! Which temperature, which alpha? Found on training images that are held out, and tested against T = 1 on the test
//! images.
//!
//! Read [`mod@search`] for the search, [`rivals`] for what is compared with what, [`verdict`] for what the differences
//! say.

mod finals;
mod plan;
mod report;
mod rivals;
mod search;
mod teachers;
mod tested;
mod verdict;

use std::fs;
use std::time::Instant;

use kd::write_whole;
use kd_examples::data::Source;
use kd_examples::failure::Failure;
use kd_examples::table::{spread, table, thousands};

use crate::lab::Lab;
use crate::options::Options;
use crate::tune::finals::finals;
use crate::tune::plan::Plan;
use crate::tune::report::{Report, Summary};
use crate::tune::rivals::Rivals;
use crate::tune::search::search;
use crate::tune::teachers::Teachers;
use crate::tune::tested::{Tested, Tests};

/// Whoever is told of what is finished.
pub type Say<'a> = &'a (dyn Fn(&str) + Sync);

/// What the folder of the results is called, unless the options say otherwise.
const NAME: &str = "mnist-tuning";

/// Searches, tests and reports; whatever is on the disk already is not done again.
///
/// # Errors
///
/// [`Failure`] when the lab is interrupted, all training images would be held out, the folder has the results of
/// another plan, or something cannot be written.
pub fn run(options: &Options, lab: &Lab, data: Source, say: Say<'_>) -> Result<(), Failure> {
    let started = Instant::now();
    let out = options.run.out(NAME);
    let files = options.run.result_files(NAME);
    let plan = Plan::new(options, lab, data)?;
    files.check_writable()?;
    let mut tests = Tests::open(out.join("tested.json"), &plan)?;

    let found = search(lab, &plan, &out, say)?;
    let heat_map = found.heat_map("alpha", "temperature");
    write_whole(out.join("heat_map.svg"), |temporary| fs::write(temporary, &heat_map))?;

    let rivals = Rivals::of(&found);
    let contenders = rivals.contenders();
    let teachers = Teachers::new(lab, out.join("teachers-of-test"));
    let seeds: Vec<u64> = options.test_seeds().collect();
    let finished = seeds
        .iter()
        .try_for_each(|seed| finals(lab, &teachers, &contenders, *seed, &mut tests, say));

    let of_seed = |seed: &u64| -> Vec<Tested> { contenders.iter().filter_map(|who| tests.of(*seed, *who)).collect() };
    let tested = seeds.iter().flat_map(of_seed).collect();
    let mut report = Report::new(options, plan, found, rivals, tested);
    report.complete = finished.is_ok();
    report.seconds = started.elapsed().as_secs_f64();
    report.write(&files)?;
    say(&tables(&report, seeds.len(), lab.test.len()));
    say(&format!("Heat map and results.json are in {}.", out.display()));
    finished
}

/// All that the terminal gets to see at the end.
fn tables(report: &Report, seeds: usize, images: usize) -> String {
    let row = |summary: &Summary| {
        vec![
            summary.who.to_string(),
            spread(summary.errors, 1),
            spread(summary.agreement_percent, 2),
        ]
    };
    format!(
        "\nThe search\n{}\nErrors on {} test images, over {seeds} seed(s) that found nothing: mean ± standard \
         deviation (smallest to largest)\n{}\n{}",
        report.search.table(),
        thousands(images),
        table(&["", "errors", "agrees with teacher %"], report.summary.iter().map(row)),
        report.words.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Mutex;

    use burn::prelude::Device;
    use clap::Parser;
    use kd::tune::{Finished, Tuned};
    use kd_examples::interrupt::Interrupt;
    use serde_json::{Value, json};

    use super::*;
    use crate::bars::bars;

    /// A tiny tuning in this folder.
    fn tune(line: &str, out: &Path, interrupt: &Interrupt, say: Say<'_>) -> Result<(), Failure> {
        let _alone = kd_examples::alone::alone();
        let out = out.display().to_string();
        let fixed = ["mnist", "--quick", "--tune", "--out", &out];
        let options = Options::parse_from(fixed.into_iter().chain(line.split_whitespace()));
        let data = bars(120, 30);
        let source = data.source.clone();
        let lab = Lab::new(options.recipe(), data, Device::flex(), interrupt.clone());
        run(&options, &lab, source, say)
    }

    fn results(out: &Path) -> Value {
        let json = fs::read(out.join("results.json")).unwrap();
        serde_json::from_slice(&json).unwrap()
    }

    fn trials(out: &Path) -> Vec<Finished> {
        Tuned::load(out.join("search.json")).unwrap().trials().collect()
    }

    #[test]
    fn a_tuning_that_was_interrupted_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        // Ctrl-C after so many finished networks: in the search, which has 45, and then in the test.
        for (finished, in_all) in [(7, [7, 0]), (38 + 3, [45, 3])] {
            let (interrupt, heard) = (Interrupt::default(), Mutex::new(0));
            let press = |_: &str| {
                let mut heard = heard.lock().unwrap();
                *heard += 1;
                if *heard == finished {
                    interrupt.raise();
                }
            };
            let stopped = tune("--epochs 1", out, &interrupt, &press);
            assert!(matches!(stopped, Err(Failure::Interrupted(_))), "{stopped:?}");
            let tested: Value = serde_json::from_slice(&fs::read(out.join("tested.json")).unwrap()).unwrap();
            assert_eq!([trials(out).len(), tested["tested"].as_array().unwrap().len()], in_all);
        }
        let (searched, part) = (trials(out), results(out));
        assert_eq!(part["complete"], false);

        tune("--epochs 1", out, &Interrupt::default(), &|_| ()).unwrap();
        let whole = results(out);
        assert_eq!(trials(out), searched);
        let tested = |results: &Value| results["tested"].as_array().unwrap().clone();
        assert_eq!(tested(&whole)[..3], tested(&part));
        assert_eq!(whole["complete"], true);
        assert!(whole["own_alpha"]["interval"].is_array() && whole["words"].as_array().unwrap().len() > 1);
        assert!(out.join("heat_map.svg").exists());

        // With Ctrl-C held down nothing could be trained any more.
        let held = Interrupt::default();
        held.raise();
        tune("--epochs 1", out, &held, &|_| ()).unwrap();
        let again = results(out);
        for name in ["search", "tested", "summary", "own_alpha", "same_alpha", "words"] {
            assert_eq!(again[name], whole[name], "{name}");
        }

        // What is on the disk is of one plan alone.
        let other = tune("--epochs 1 --validation 30", out, &held, &|_| ());
        let other = other.unwrap_err().to_string();
        assert!(
            other.contains("tested.json is of other work (validation: 20 there, 30 asked for)"),
            "{other}"
        );
    }

    #[test]
    fn with_halving_a_third_of_the_points_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let line = "--epochs 2 --halving --seeds 1";
        tune(line, folder.path(), &Interrupt::default(), &|_| ()).unwrap();
        let budgets: Vec<usize> = trials(folder.path()).iter().map(|trial| trial.budget).collect();
        assert_eq!(budgets, [vec![1; 45], vec![2; 15]].concat());
        assert_eq!(results(folder.path())["own_alpha"]["verdict"], json!("unknown"));
    }

    #[test]
    fn no_more_can_be_held_out_than_there_is() {
        let folder = tempfile::tempdir().unwrap();
        let refused = tune("--validation 120", folder.path(), &Interrupt::default(), &|_| ());
        let message = refused.unwrap_err().to_string();
        assert!(
            message.contains("--validation: the number of images that are held out is 120"),
            "{message}"
        );
    }
}
