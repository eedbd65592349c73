//! The command line.

use std::path::PathBuf;

use clap::{ArgGroup, Parser};
use kd_examples::residual::Architecture;
use kd_examples::run_options::RunOptions;
use kd_examples::values;
use serde::Serialize;

use crate::recipe::Recipe;

/// Watch a small residual network learn from a large one on CIFAR-10: from what it says and from what it thinks.
///
/// A teacher, and the same student six times: alone, from soft labels, from the teacher's features (paired by index, evenly
/// spaced, and by alignment), and from soft labels and aligned features together. CIFAR-10 comes from burn's cache, which is
/// filled from the network, or from --data-dir. Without options it takes hours on two cores.
#[derive(Clone, Debug, Parser, Serialize)]
#[command(name = "cifar10", group = ArgGroup::new("size"))]
pub struct Options {
    /// The published recipe on all images, 240 epochs each, resnet56 to resnet20: for a GPU
    #[arg(long, group = "size")]
    pub full: bool,

    /// Minutes on two cores: 10,000 images of half the size, 3 epochs (6 for the teacher)
    #[arg(long, group = "size")]
    pub quick: bool,

    /// Teacher: resnetD with D = 6n + 2, or wrn-D-K with D = 6n + 4 and K times the width [default:
    /// resnet20, with --full resnet56]
    #[arg(long, value_name = "NETWORK")]
    pub teacher: Option<Architecture>,

    /// Student, with as many blocks as the teacher or fewer [default: resnet8, with --full resnet20]
    #[arg(long, value_name = "NETWORK")]
    pub student: Option<Architecture>,

    /// Epochs of every network [default: the recipe's own]
    #[arg(long, value_parser = values::epochs, allow_negative_numbers = true)]
    pub epochs: Option<usize>,

    /// Training images to learn from, chosen by chance [default: the recipe's own]
    #[arg(long, value_name = "COUNT", value_parser = values::images, allow_negative_numbers = true)]
    pub images: Option<usize>,

    /// Temperature of the soft labels, above 0 [default: 4]
    #[arg(long, value_parser = values::temperature, allow_negative_numbers = true)]
    pub temperature: Option<f64>,

    /// Share of the soft labels where they are used, 0 to 1; the labels have the rest [default: 0.9]
    #[arg(long, value_parser = values::alpha, allow_negative_numbers = true)]
    pub alpha: Option<f64>,

    /// Weight of the mean over the pairs of features [default: the recipe's own]
    #[arg(long, value_name = "WEIGHT", value_parser = values::weight, allow_negative_numbers = true)]
    pub hint_weight: Option<f64>,

    /// Folder with CIFAR-10: the binary version's six files, or train/ and test/ with a folder of
    /// pictures for each class
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// Test on the validation images instead of the test images: for trying other settings without
    /// looking at the test
    #[arg(long)]
    pub validate: bool,

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
        recipe.teacher = self.teacher.unwrap_or(recipe.teacher);
        recipe.student = self.student.unwrap_or(recipe.student);
        recipe.amounts.train = self.images.or(recipe.amounts.train);
        recipe.temperature = self.temperature.unwrap_or(recipe.temperature);
        recipe.alpha = self.alpha.unwrap_or(recipe.alpha);
        recipe.hint_weight = self.hint_weight.unwrap_or(recipe.hint_weight);
        recipe
    }

    /// The seeds to run.
    pub fn seeds(&self) -> impl Iterator<Item = u64> + use<> {
        self.run.seeds(if self.quick { 1 } else { 3 })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, clap::Error> {
        Options::try_parse_from([&["cifar10"], arguments].concat())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Options::command().debug_assert();
    }

    #[test]
    fn bad_values_are_refused_with_their_option_and_the_remedy() {
        let cases: [(&[&str], &str, &str); 9] = [
            (&["--images", "0"], "--images", "at least 1"),
            (&["--teacher", "resnet18"], "--teacher", "6n + 2"),
            (&["--student", "vgg8"], "--student", "wrn-D-K"),
            (&["--temperature", "0"], "--temperature", "above 0"),
            (&["--alpha", "1.5"], "--alpha", "from 0"),
            (&["--hint-weight", "-1"], "--hint-weight", "at least 0"),
            (&["--epochs", "0"], "--epochs", "at least 1"),
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
    fn options_change_the_recipe() {
        let options = parse(&[
            "--quick",
            "--teacher",
            "wrn-40-2",
            "--student",
            "wrn-16-2",
            "--epochs",
            "7",
        ])
        .unwrap();
        let recipe = options.recipe();
        assert_eq!(
            [recipe.teacher, recipe.student].map(|network| network.to_string()),
            ["wrn-40-2", "wrn-16-2"]
        );
        assert_eq!((recipe.teacher_training.epochs, recipe.student_training.epochs), (7, 7));
        assert_eq!((recipe.side, options.seeds().collect::<Vec<_>>()), (16, vec![1]));
        let options = parse(&["--full", "--seed", "5", "--images", "9"]).unwrap();
        assert_eq!((options.recipe().side, options.recipe().amounts.train), (32, Some(9)));
        assert_eq!(options.seeds().collect::<Vec<_>>(), [5, 6, 7]);
    }
}
