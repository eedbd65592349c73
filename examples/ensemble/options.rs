//! The command line.

use std::path::PathBuf;

use clap::{ArgGroup, Parser, ValueEnum};
use kd_examples::run_options::RunOptions;
use kd_examples::values;
use serde::Serialize;

use crate::network::Shape;
use crate::recipe::Recipe;
use crate::way::Way;

/// Watch an ensemble become one network.
///
/// Members that each learn from a bag of the images (bagging), what they say together, a network alone, and students of the
/// same size as one member: of one member, and of the ensemble by every rule that makes one teacher of many. What members say
/// is recorded once and served to all students from the disk. Errors, calibration and cost of all. Without options it takes
/// a few minutes on two cores and 12,000 digits that come with the program.
#[derive(Clone, Debug, Parser, Serialize)]
#[command(name = "ensemble", group = ArgGroup::new("size"))]
pub struct Options {
    /// All 60,000 digits and ten members: about an hour per seed on two cores, of which each of the ways takes four minutes.
    /// Fetches MNIST into burn's cache unless it is there or --data-dir names a copy
    #[arg(long, group = "size")]
    pub full: bool,

    /// Everything at a tiny size, in seconds, to see that it runs; the numbers mean nothing
    #[arg(long, group = "size")]
    pub quick: bool,

    /// What to learn
    #[arg(long, value_enum, default_value_t)]
    pub data: Kind,

    /// Members of the ensemble, at least 2 [default: the recipe's own]
    #[arg(long, value_name = "COUNT", value_parser = values::members, allow_negative_numbers = true)]
    pub members: Option<usize>,

    /// Every member learns from all images, and differs in its first weights and their order alone
    #[arg(long)]
    pub no_bags: bool,

    /// Epochs of every member [default: the recipe's own]
    #[arg(long, value_parser = values::epochs, allow_negative_numbers = true)]
    pub epochs: Option<usize>,

    /// Epochs of every student and of the network alone [default: the recipe's own, or those of a member if --epochs
    /// is given]
    #[arg(long, value_name = "EPOCHS", value_parser = values::epochs, allow_negative_numbers = true)]
    pub student_epochs: Option<usize>,

    /// Training images to learn from [default: the recipe's own]
    #[arg(long, value_name = "COUNT", value_parser = values::images, allow_negative_numbers = true)]
    pub images: Option<usize>,

    /// Views of each image that are learned from: 1 is the image as it is, more are shifted as well
    /// [default: the recipe's own]
    #[arg(long, value_name = "COUNT", value_parser = values::count, allow_negative_numbers = true)]
    pub views: Option<usize>,

    /// Mixtures of each image with others, which students see in every other epoch, so that half as many as they have
    /// epochs are enough. Nobody else sees them; where a label is looked at all the same, with --alpha below 1 or by the
    /// way, that of the larger share counts [default: the recipe's own]
    #[arg(long, value_name = "COUNT", value_parser = values::any_count, allow_negative_numbers = true)]
    pub mixtures: Option<usize>,

    /// Hidden units of a network for digits, layer by layer [default: the recipe's own]
    #[arg(long, value_name = "UNITS", value_parser = values::count, value_delimiter = ',', allow_negative_numbers = true)]
    pub hidden: Vec<usize>,

    /// Temperature of the distillation, above 0 [default: the recipe's own]
    #[arg(long, value_parser = values::temperature, allow_negative_numbers = true)]
    pub temperature: Option<f64>,

    /// Share of the ensemble in what students learn, 0 to 1; the labels have the rest [default: the
    /// recipe's own]
    #[arg(long, value_parser = values::alpha, allow_negative_numbers = true)]
    pub alpha: Option<f64>,

    /// Learn from many in these ways only [default: all]
    #[arg(long, value_name = "WAY", value_enum, value_delimiter = ',')]
    pub ways: Vec<Way>,

    /// With --full: train the student whose teachers are asked in every step as well, which ends as the
    /// one from the cache does but for rounding, and takes several times as long
    #[arg(long)]
    pub live: bool,

    /// Folder with MNIST's four files, or with CIFAR-10: the binary version's six files, or train/ and
    /// test/ with a folder of pictures for each class
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// Test on the validation images instead of the test images: for trying other settings without
    /// looking at the test
    #[arg(long)]
    pub validate: bool,

    /// Folder for what members say, 1.3 GB per seed with --full; what is there already is not asked
    /// again [default: a folder in that of the results]
    #[arg(long, value_name = "FOLDER")]
    pub cache: Option<PathBuf>,

    /// Which seeds, which device, where the results go
    #[command(flatten)]
    #[serde(flatten)]
    pub run: RunOptions,
}

/// What is learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Handwritten digits; those that come with the program, or all of them with --full.
    #[default]
    Mnist,
    /// Photos at half their size, from burn's cache, which is filled from the network, or from --data-dir.
    Cifar10,
}

impl Options {
    /// The recipe these options ask for.
    pub fn recipe(&self) -> Recipe {
        let mut recipe = match (self.data, self.full) {
            (Kind::Cifar10, full) => Recipe {
                seeds: if full { 3 } else { 1 },
                ..Recipe::photos()
            },
            (Kind::Mnist, true) => Recipe::full(),
            (Kind::Mnist, false) => Recipe::small(),
        };
        if self.quick {
            recipe = recipe.quick();
        }
        recipe.members = self.members.unwrap_or(recipe.members);
        recipe.training.epochs = self.epochs.unwrap_or(recipe.training.epochs);
        recipe.student_epochs = self.student_epochs.or(self.epochs).unwrap_or(recipe.student_epochs);
        recipe.amounts.train = self.images.or(recipe.amounts.train);
        recipe.views = self.views.unwrap_or(recipe.views);
        recipe.mixtures = self.mixtures.unwrap_or(recipe.mixtures);
        if let (Shape::Mlp(config), false) = (&mut recipe.shape, self.hidden.is_empty()) {
            config.hidden = self.hidden.clone();
        }
        recipe.temperature = self.temperature.unwrap_or(recipe.temperature);
        recipe.alpha = self.alpha.unwrap_or(recipe.alpha);
        recipe
    }

    /// The ways to learn from many that are wanted.
    pub fn ways(&self) -> Vec<Way> {
        let wanted = |way: &Way| self.ways.is_empty() || self.ways.contains(way);
        Way::ALL.into_iter().filter(wanted).collect()
    }

    /// Where what members say is kept.
    pub fn cache(&self) -> PathBuf {
        self.cache
            .clone()
            .unwrap_or_else(|| self.run.out("ensemble").join("cache"))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, clap::Error> {
        Options::try_parse_from([&["ensemble"], arguments].concat())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Options::command().debug_assert();
        let help = Options::command().render_long_help().to_string();
        assert!(help.starts_with("Watch an ensemble"), "{help}");
    }

    #[test]
    fn bad_values_are_refused_with_their_option_and_the_remedy() {
        let cases: [(&[&str], &str, &str); 12] = [
            (&["--members", "1"], "--members", "at least 2"),
            (&["--images", "0"], "--images", "at least 1"),
            (&["--views", "0"], "--views", "at least 1"),
            (&["--mixtures", "-1"], "--mixtures", "0 for none"),
            (&["--student-epochs", "0"], "--student-epochs", "at least 1"),
            (&["--hidden", "0"], "--hidden", "at least 1"),
            (&["--temperature", "0"], "--temperature", "above 0"),
            (&["--alpha", "1.5"], "--alpha", "from 0"),
            (&["--epochs", "0"], "--epochs", "at least 1"),
            (&["--data", "imagenet"], "--data", "mnist, cifar10"),
            (&["--seeds", "0"], "--seeds", "at least 1"),
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
        let arguments = "--full --members 3 --epochs 7 --images 9 --temperature 2 --alpha 0.5 --views 4 --hidden 7,5";
        let recipe = parse(&arguments.split(' ').collect::<Vec<_>>()).unwrap().recipe();
        assert_eq!(
            (recipe.members, recipe.training.epochs, recipe.amounts.train),
            (3, 7, Some(9))
        );
        assert_eq!((recipe.temperature, recipe.alpha, recipe.seeds), (2.0, 0.5, 3));
        assert_eq!(
            (recipe.views, recipe.shape.to_string()),
            (4, "7 + 5 hidden units".into())
        );
        assert_eq!((recipe.student_epochs, recipe.mixtures), (7, Recipe::full().mixtures));
        let recipe = parse(&["--epochs", "7", "--student-epochs", "9", "--mixtures", "0"])
            .unwrap()
            .recipe();
        assert_eq!(
            (recipe.training.epochs, recipe.student_epochs, recipe.mixtures),
            (7, 9, 0)
        );
        let photos = parse(&["--data", "cifar10", "--quick"]).unwrap();
        assert_eq!((photos.recipe().members, photos.recipe().amounts.train), (3, Some(600)));
        assert!(photos.cache().ends_with("ensemble/cache"));
        assert_eq!(photos.ways(), Way::ALL);
        let few = parse(&["--ways", "random,mean-of-probs"]).unwrap().ways();
        assert_eq!(few, [Way::MeanOfProbs, Way::Random]);
    }
}
