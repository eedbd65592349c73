//! The command line.

use std::path::PathBuf;

use clap::{ArgGroup, Parser};
use kd_examples::data::Wanted;
use kd_examples::run_options::RunOptions;
use kd_examples::values;
use serde::Serialize;

use crate::recipe::Recipe;
use crate::task_options::TaskOptions;

/// With so many seeds a search tries each of its points.
const SEARCHING: u64 = 3;

/// Watch a small network learn from a large one on MNIST's handwritten digits.
///
/// A teacher, a student that learns from the labels alone, the same student distilled from the
/// teacher, and the same student distilled from a set without a single 3, before and after one bias
/// is corrected (Hinton, Vinyals & Dean, 2015, section 3). Without options it takes a few minutes on
/// two cores and 12,000 images that come with the program. With --tune or --diagnose something else
/// is done with the same networks and images.
#[derive(Clone, Debug, Parser, Serialize)]
#[command(name = "mnist", group = ArgGroup::new("size"), group = ArgGroup::new("task"))]
pub struct Options {
    /// The paper's networks on all 60,000 images: about 20 minutes per seed on two cores. Fetches
    /// MNIST into burn's cache unless it is there or --data-dir names a copy
    #[arg(long, group = "size")]
    pub full: bool,

    /// Everything at a tiny size, in seconds, to see that it runs; the numbers mean nothing
    #[arg(long, group = "size")]
    pub quick: bool,

    /// Epochs of every network [default: the recipe's own]
    #[arg(long, value_parser = values::epochs, allow_negative_numbers = true)]
    pub epochs: Option<usize>,

    /// Temperature of the distillation, above 0 [default: 20 with --full, else 4]
    #[arg(long, value_parser = values::temperature, allow_negative_numbers = true)]
    pub temperature: Option<f64>,

    /// Share of the teacher's soft targets in the loss, 0 to 1; the labels have the rest [default: 0.9]
    #[arg(long, value_parser = values::alpha, allow_negative_numbers = true)]
    pub alpha: Option<f64>,

    /// Distil in Burn's own training loop, with its dashboard on a terminal; the results are the same
    #[arg(long, conflicts_with = "task")]
    pub learner: bool,

    /// Folder with MNIST's four files, raw or .gz, flat or in train/ and test/
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// Hold out the last COUNT training images and test on them instead of the test images: for
    /// trying other settings without looking at the test
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub holdout: usize,

    /// What is done
    #[command(flatten)]
    #[serde(flatten)]
    pub task: TaskOptions,

    /// Which seeds, which device, where the results go
    #[command(flatten)]
    #[serde(flatten)]
    pub run: RunOptions,
}

impl Options {
    /// The recipe these options ask for.
    pub fn recipe(&self) -> Recipe {
        let mut recipe = match (self.full, self.quick) {
            (true, _) => Recipe::full(),
            (_, true) => Recipe::quick(),
            _ => Recipe::small(),
        };
        if let Some(epochs) = self.epochs {
            recipe = recipe.with_epochs(epochs);
        }
        recipe.temperature = self.temperature.unwrap_or(recipe.temperature);
        recipe.alpha = self.alpha.unwrap_or(recipe.alpha);
        recipe
    }

    /// The digits they ask for.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            folder: self.data_dir.clone(),
            all: self.full,
            at_most: self.quick.then_some(1000),
            holdout: self.holdout,
        }
    }

    /// The seeds to run.
    pub fn seeds(&self) -> impl Iterator<Item = u64> + use<> {
        self.run.seeds(match (self.full, self.quick) {
            (true, _) => 3,
            (_, true) => 2,
            _ => 5,
        })
    }

    /// The seeds to search with.
    pub fn search_seeds(&self) -> impl Iterator<Item = u64> + use<> {
        let first = self.run.seed;
        (0..SEARCHING).map(move |step| first.wrapping_add(step))
    }

    /// The seeds to test with what was found: as many as [`seeds`](Self::seeds), and none of those that found it.
    pub fn test_seeds(&self) -> impl Iterator<Item = u64> + use<> {
        self.seeds().map(|seed| seed.wrapping_add(SEARCHING))
    }
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, clap::Error> {
        Options::try_parse_from([&["mnist"], arguments].concat())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Options::command().debug_assert();
    }

    #[test]
    fn bad_values_are_refused_with_their_option_and_the_remedy() {
        let cases: [(&[&str], &str, &str); 13] = [
            (&["--temperature", "0"], "--temperature", "above 0"),
            (&["--temperature", "-1"], "--temperature", "above 0"),
            (&["--temperature", "NaN"], "--temperature", "above 0"),
            (&["--temperature", "inf"], "--temperature", "above 0"),
            (&["--temperature", "warm"], "--temperature", "above 0"),
            (&["--alpha", "-0.1"], "--alpha", "from 0"),
            (&["--alpha", "1.5"], "--alpha", "from 0"),
            (&["--alpha", "NaN"], "--alpha", "from 0"),
            (&["--seeds", "0"], "--seeds", "at least 1"),
            (&["--epochs", "0"], "--epochs", "at least 1"),
            (&["--epochs", "-3"], "--epochs", "at least 1"),
            (&["--device", "tpu"], "--device", "flex, ndarray, wgpu, cuda"),
            (&["--full", "--quick"], "--quick", "cannot be used with"),
        ];
        for (arguments, option, remedy) in cases {
            let message = parse(arguments).expect_err(option).to_string();
            assert!(
                message.contains(option) && message.contains(remedy),
                "{arguments:?}: {message}"
            );
        }
    }

    #[test]
    fn help_names_every_option() {
        let error = parse(&["--help"]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DisplayHelp);
        let help = error.to_string();
        for option in [
            "--full",
            "--quick",
            "--epochs",
            "--temperature",
            "--alpha",
            "--seed",
            "--seeds",
            "--device",
            "--data-dir",
            "--out",
            "--json",
            "--holdout",
            "--learner",
            "--tune",
            "--halving",
            "--diagnose",
            "--validation",
        ] {
            assert!(help.contains(option), "{option} is missing in {help}");
        }
    }

    #[test]
    fn options_change_the_recipe() {
        let options = parse(&["--full", "--epochs", "3", "--temperature", "8", "--alpha", "1"]).unwrap();
        let recipe = options.recipe();
        assert_eq!((recipe.temperature, recipe.alpha), (8.0, 1.0));
        assert_eq!(recipe.teacher_training.epochs, 3);
        assert_eq!(recipe.student_training.epochs, 3);
        assert_eq!(recipe.distillation.epochs, 3);
        assert_eq!(recipe.teacher.hidden, Recipe::full().teacher.hidden);
    }

    #[test]
    fn seeds_count_up_from_the_first() {
        assert_eq!(parse(&[]).unwrap().seeds().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(
            parse(&["--seed", "7", "--seeds", "2"])
                .unwrap()
                .seeds()
                .collect::<Vec<_>>(),
            [7, 8]
        );
    }

    #[test]
    fn what_was_found_is_tested_with_seeds_that_did_not_find_it() {
        let options = parse(&["--tune", "--seed", "4", "--seeds", "2"]).unwrap();
        assert_eq!(options.search_seeds().collect::<Vec<_>>(), [4, 5, 6]);
        assert_eq!(options.test_seeds().collect::<Vec<_>>(), [7, 8]);
    }
}
