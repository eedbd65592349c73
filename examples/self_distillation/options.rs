//! The command line.

use std::path::PathBuf;

use clap::{ArgGroup, Parser, ValueEnum};
use kd_examples::data::Wanted;
use kd_examples::run_options::RunOptions;
use kd_examples::values;
use serde::Serialize;

use crate::recipe::Recipe;

/// Watch a network teach itself on grey images of 28 x 28 pixels: MNIST, or Fashion-MNIST.
///
/// One network with three exits, trained six times a seed: on the labels at its deepest exit (plain, with an average of its
/// weights along the way), three times more with the generation before as its teacher (born again), on the labels at every
/// exit (deep supervision), and with the deepest exit as the teacher of the others (be your own teacher, BYOT). Errors,
/// calibration and cost of every exit, and what it saves to stop at the first that is sure. Without options it takes a few
/// minutes on two cores and 12,000 images that come with the program.
#[derive(Clone, Debug, Parser, Serialize)]
#[command(name = "self_distillation", group = ArgGroup::new("size"))]
pub struct Options {
    /// All 60,000 images: about 10 minutes per seed on two cores. Fetches MNIST into burn's cache
    /// unless it is there or --data-dir names a copy, of MNIST or of Fashion-MNIST
    #[arg(long, group = "size")]
    pub full: bool,

    /// Everything at a tiny size, in seconds, to see that it runs; the numbers mean nothing
    #[arg(long, group = "size")]
    pub quick: bool,

    /// Some of the trainings only [default: all]
    #[arg(long, value_enum)]
    pub only: Option<Part>,

    /// Epochs of every training [default: the recipe's own]
    #[arg(long, value_parser = values::epochs, allow_negative_numbers = true)]
    pub epochs: Option<usize>,

    /// BYOT: share of the deepest exit's answers in what the others learn, 0 to 1; the labels have the
    /// rest [default: the recipe's own]
    #[arg(long, value_parser = values::alpha, allow_negative_numbers = true)]
    pub alpha: Option<f64>,

    /// BYOT: weight of the features [default: the recipe's own]
    #[arg(long, value_name = "WEIGHT", value_parser = values::weight, allow_negative_numbers = true)]
    pub beta: Option<f64>,

    /// BYOT: temperature of the answers, above 0 [default: the recipe's own]
    #[arg(long, value_parser = values::temperature, allow_negative_numbers = true)]
    pub temperature: Option<f64>,

    /// Born again: share of the generation before, 0 to 1; the labels have the rest [default: the
    /// recipe's own]
    #[arg(long, value_name = "ALPHA", value_parser = values::alpha, allow_negative_numbers = true)]
    pub generation_alpha: Option<f64>,

    /// Born again: temperature, above 0 [default: the recipe's own]
    #[arg(long, value_name = "TEMPERATURE", value_parser = values::temperature, allow_negative_numbers = true)]
    pub generation_temperature: Option<f64>,

    /// Folder with four files under MNIST's names, raw or .gz, flat or in train/ and test/: MNIST's
    /// own, or Fashion-MNIST's
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// Hold out the last COUNT training images and test on them instead of the test images: for
    /// trying other settings without looking at the test
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub holdout: usize,

    /// Which seeds, which device, where the results go
    #[command(flatten)]
    #[serde(flatten)]
    pub run: RunOptions,
}

/// Trainings that need one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Plain training, the average along the way, and the generations born of it.
    AlongTime,
    /// Every exit learns from the labels.
    DeepSupervision,
    /// The deepest exit teaches the others.
    Byot,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AlongTime, Self::DeepSupervision, Self::Byot];
}

impl Options {
    /// The recipe these options ask for.
    pub fn recipe(&self) -> Recipe {
        let mut recipe = match (self.full, self.quick) {
            (true, _) => Recipe::full(),
            (_, true) => Recipe::quick(),
            _ => Recipe::small(),
        };
        let set = |value: &mut f64, option: Option<f64>| *value = option.unwrap_or(*value);
        recipe.training.epochs = self.epochs.unwrap_or(recipe.training.epochs);
        set(&mut recipe.byot.alpha, self.alpha);
        set(&mut recipe.byot.beta, self.beta);
        set(&mut recipe.byot.temperature, self.temperature);
        set(&mut recipe.born_again.alpha, self.generation_alpha);
        set(&mut recipe.born_again.temperature, self.generation_temperature);
        recipe
    }

    /// The images they ask for.
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
            (true, _) => 5,
            (_, true) => 1,
            _ => 2,
        })
    }

    /// Whether these trainings are wanted.
    pub fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, clap::Error> {
        Options::try_parse_from([&["self_distillation"], arguments].concat())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Options::command().debug_assert();
    }

    #[test]
    fn bad_values_are_refused_with_their_option_and_the_remedy() {
        let cases: [(&[&str], &str, &str); 11] = [
            (&["--alpha", "1.5"], "--alpha", "from 0"),
            (&["--beta", "-1"], "--beta", "at least 0"),
            (&["--temperature", "0"], "--temperature", "above 0"),
            (&["--generation-alpha", "NaN"], "--generation-alpha", "from 0"),
            (
                &["--generation-temperature", "-2"],
                "--generation-temperature",
                "above 0",
            ),
            (&["--epochs", "0"], "--epochs", "at least 1"),
            (&["--seeds", "0"], "--seeds", "at least 1"),
            (&["--device", "tpu"], "--device", "flex, ndarray, wgpu, cuda"),
            (&["--only", "peers"], "--only", "along-time, deep-supervision, byot"),
            (&["--holdout", "-5"], "-5", "unexpected argument"),
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
    fn options_change_the_recipe() {
        let arguments = "--quick --epochs 7 --alpha 0.3 --beta 0.01 --temperature 2 --generation-alpha 1 --generation-temperature 4";
        let recipe = parse(&arguments.split(' ').collect::<Vec<_>>()).unwrap().recipe();
        assert_eq!(recipe.training.epochs, 7);
        let byot = recipe.byot;
        assert_eq!((byot.alpha, byot.beta, byot.temperature), (0.3, 0.01, 2.0));
        assert_eq!((recipe.born_again.alpha, recipe.born_again.temperature), (1.0, 4.0));
    }

    #[test]
    fn images_and_seeds_fit_the_size() {
        let options = parse(&["--full", "--data-dir", "fashion", "--seed", "5"]).unwrap();
        assert_eq!(options.seeds().collect::<Vec<_>>(), [5, 6, 7, 8, 9]);
        let wanted = options.wanted();
        assert_eq!(
            (wanted.folder, wanted.all, wanted.at_most),
            (Some("fashion".into()), true, None)
        );
        let options = parse(&["--quick", "--holdout", "100", "--only", "along-time"]).unwrap();
        assert_eq!(
            (
                options.wanted().at_most,
                options.wanted().holdout,
                options.seeds().count()
            ),
            (Some(1000), 100, 1)
        );
        assert!(options.wants(Part::AlongTime) && !options.wants(Part::Byot));
    }
}
