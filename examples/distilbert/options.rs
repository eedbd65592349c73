//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use kd_examples::device::Backend;
use kd_examples::run_options::RunOptions;
use kd_examples::values;
use serde::Serialize;

use crate::embed::EmbeddingLoss;
use crate::objective::Objective;
use crate::recipe::Recipe;
use crate::student::Start;
use crate::trainer::Training;

/// Distil a BERT by DistilBERT's recipe, from Hugging Face's folder to Hugging Face's folder.
///
/// Without a command all steps run one after the other: the teacher gets a head for tokens, students of half its layers learn from
/// it and from a corpus, all of them learn tasks, and a table says what each ingredient was worth. Without a model a
/// tiny one with random weights does so on sentences that come with the program, in minutes on two cores. Whatever is finished is kept, and a run that was
/// interrupted goes on where it stopped.
#[derive(Clone, Debug, Parser)]
#[command(name = "distilbert", args_conflicts_with_subcommands = true)]
pub struct Options {
    /// A single step
    #[command(subcommand)]
    pub step: Option<Step>,

    /// All steps
    #[command(flatten)]
    pub study: StudyOptions,
}

/// Options of a run of all steps.
#[derive(Args, Clone, Debug, Serialize)]
pub struct StudyOptions {
    /// Everything at a tiny size, in seconds, to see that it runs; the numbers mean nothing
    #[arg(long)]
    pub quick: bool,

    /// Which model is the teacher
    #[command(flatten)]
    #[serde(flatten)]
    pub model: ModelOptions,

    /// Text to learn from: a file, or a folder with .txt files [default: the sentences that come with the program]
    #[arg(long, value_name = "PATH")]
    pub corpus: Option<PathBuf>,

    /// A task: a file with a class, a tab and a text in each line; may be given several times [default: novel or speech?]
    #[arg(long = "task", value_name = "FILE")]
    pub tasks: Vec<PathBuf>,

    /// Layers of the student [default: half of the teacher's]
    #[arg(long, value_name = "COUNT", value_parser = values::count, allow_negative_numbers = true)]
    pub layers: Option<usize>,

    /// Steps in which the teacher's head is trained [default: the recipe's own]
    #[arg(long, value_name = "STEPS", value_parser = values::count, allow_negative_numbers = true)]
    pub prepare_steps: Option<usize>,

    /// Steps in which students learn from the corpus [default: the recipe's own]
    #[arg(long, value_name = "STEPS", value_parser = values::count, allow_negative_numbers = true)]
    pub distil_steps: Option<usize>,

    /// Steps in which a sentence encoder learns [default: the recipe's own]
    #[arg(long, value_name = "STEPS", value_parser = values::count, allow_negative_numbers = true)]
    pub embed_steps: Option<usize>,

    /// Passes over the texts of a task [default: the recipe's own]
    #[arg(long, value_parser = values::epochs, allow_negative_numbers = true)]
    pub epochs: Option<usize>,

    /// Texts of a task to learn from, at most [default: all but the tenth that is tested on]
    #[arg(long, value_name = "COUNT", value_parser = values::count, allow_negative_numbers = true)]
    pub texts: Option<usize>,

    /// Which seeds, which device, where the results go
    #[command(flatten)]
    #[serde(flatten)]
    pub run: RunOptions,
}

impl StudyOptions {
    /// The recipe these options ask for.
    pub fn recipe(&self) -> Recipe {
        let recipe = if self.model.is_given() {
            Recipe::pretrained()
        } else {
            Recipe::tiny()
        };
        let mut recipe = if self.quick { recipe.quick() } else { recipe };
        let steps = |training: &mut Training, steps: Option<usize>| training.steps = steps.unwrap_or(training.steps);
        steps(&mut recipe.prepare, self.prepare_steps);
        steps(&mut recipe.distil, self.distil_steps);
        steps(&mut recipe.embed, self.embed_steps);
        recipe.layers = self.layers.or(recipe.layers);
        recipe.epochs = self.epochs.unwrap_or(recipe.epochs);
        recipe.texts = self.texts.or(recipe.texts);
        recipe
    }
}

/// Which model is the teacher.
#[derive(Args, Clone, Debug, Default, Serialize)]
#[group(multiple = false)]
pub struct ModelOptions {
    /// Folder of a BERT as Hugging Face keeps it: config.json, model.safetensors, tokenizer.json
    #[arg(long, value_name = "FOLDER")]
    pub model_dir: Option<PathBuf>,

    /// Name of a BERT on Hugging Face, such as google-bert/bert-base-uncased, to be fetched into its cache
    #[arg(long, value_name = "NAME")]
    pub hub: Option<String>,
}

impl ModelOptions {
    /// Whether there is one.
    pub fn is_given(&self) -> bool {
        self.model_dir.is_some() || self.hub.is_some()
    }
}

/// A single step.
#[derive(Clone, Debug, Subcommand)]
pub enum Step {
    /// Make a teacher: a model with a head for tokens, which is trained on its frozen layers if it has none
    Prepare {
        /// Which model
        #[command(flatten)]
        model: ModelOptions,
        /// Text to learn from
        #[arg(long, value_name = "PATH")]
        corpus: Option<PathBuf>,
        /// How
        #[command(flatten)]
        how: StepOptions,
    },
    /// Teach a student of fewer layers the language
    Distil {
        /// Folder that `prepare` wrote
        #[arg(long, value_name = "FOLDER")]
        teacher: PathBuf,
        /// Layers of the student [default: half of the teacher's]
        #[arg(long, value_name = "COUNT", value_parser = values::count)]
        layers: Option<usize>,
        /// What it begins with
        #[arg(long, value_enum, default_value = "layers")]
        start: Start,
        /// What it learns from
        #[arg(long, value_enum, default_value = "triple")]
        objective: Objective,
        /// Text to learn from
        #[arg(long, value_name = "PATH")]
        corpus: Option<PathBuf>,
        /// How
        #[command(flatten)]
        how: StepOptions,
    },
    /// Teach a network to tell classes of texts
    Finetune {
        /// Folder of the network
        #[arg(long, value_name = "FOLDER")]
        model: PathBuf,
        /// A class, a tab and a text in each line
        #[arg(long, value_name = "FILE")]
        data: Option<PathBuf>,
        /// Folder of a larger network that was taught the same, to learn from
        #[arg(long, value_name = "FOLDER")]
        teacher: Option<PathBuf>,
        /// Passes over the texts
        #[arg(long, default_value_t = 3, value_parser = values::epochs)]
        epochs: usize,
        /// How
        #[command(flatten)]
        how: StepOptions,
    },
    /// Teach a student to embed sentences as its teacher does
    Embed {
        /// Folder of a sentence encoder
        #[arg(long, value_name = "FOLDER")]
        teacher: PathBuf,
        /// Folder of the student, such as `distil` wrote
        #[arg(long, value_name = "FOLDER")]
        student: PathBuf,
        /// What vectors are held against
        #[arg(long, value_enum, default_value = "mse")]
        loss: EmbeddingLoss,
        /// Text to learn from
        #[arg(long, value_name = "PATH")]
        corpus: Option<PathBuf>,
        /// How
        #[command(flatten)]
        how: StepOptions,
    },
    /// Say how good a network is at telling classes
    Evaluate {
        /// Folder that `finetune` wrote
        #[arg(long, value_name = "FOLDER")]
        model: PathBuf,
        /// A class, a tab and a text in each line; the tenth that `finetune` did not learn from is tested on
        #[arg(long, value_name = "FILE")]
        data: Option<PathBuf>,
        /// Where to compute: flex, ndarray, wgpu or cuda, if compiled in
        #[arg(long, default_value = "flex")]
        device: Backend,
        /// Tokens that are read of a text
        #[arg(long, default_value_t = 64, value_parser = values::tokens)]
        length: usize,
    },
    /// Write a network as a plain BERT that Python's transformers opens
    Export {
        /// Folder of the network
        #[arg(long, value_name = "FOLDER")]
        model: PathBuf,
        /// Where to
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// Write what it makes of some sentences beside it, for tools/transformer/compare.py
        #[arg(long)]
        outputs: bool,
    },
}

/// How a step is done, and where its result goes.
#[derive(Args, Clone, Debug)]
pub struct StepOptions {
    /// Folder for the result, and for what a run that was interrupted goes on from
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// Steps of the optimizer [default: the recipe's own, or what the epochs make]
    #[arg(long, value_parser = values::count)]
    pub steps: Option<usize>,
    /// Texts in a step [default: the recipe's own]
    #[arg(long, value_name = "TEXTS", value_parser = values::count)]
    pub batch: Option<usize>,
    /// The highest learning rate [default: the recipe's own]
    #[arg(long, value_parser = values::learning_rate, allow_negative_numbers = true)]
    pub learning_rate: Option<f64>,
    /// Tokens of a text or sequence
    #[arg(long, default_value_t = 64, value_parser = values::tokens)]
    pub length: usize,
    /// Of everything random
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Where to compute: flex, ndarray, wgpu or cuda, if compiled in
    #[arg(long, default_value = "flex")]
    pub device: Backend,
}

impl StepOptions {
    /// The training, where nothing else is said that of the recipe.
    pub fn training(&self, of_recipe: &Training) -> Training {
        Training {
            steps: self.steps.unwrap_or(of_recipe.steps),
            batch: self.batch.unwrap_or(of_recipe.batch),
            learning_rate: self.learning_rate.unwrap_or(of_recipe.learning_rate),
            seed: self.seed,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Options, clap::Error> {
        Options::try_parse_from(["distilbert"].into_iter().chain(line.split_whitespace()))
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Options::command().debug_assert();
    }

    #[test]
    fn bad_values_are_refused_with_their_option_and_the_remedy() {
        for (line, option, remedy) in [
            ("--layers 0", "--layers", "at least 1"),
            ("--epochs 0", "--epochs", "at least 1"),
            ("--model-dir a --hub b", "--hub", "cannot be used with"),
            ("distil --teacher a --to b --start nothing", "--start", "layers, random"),
            ("distil --to b", "--teacher", "required"),
            ("finetune --model a --to b --length 2", "--length", "at least 3"),
            (
                "finetune --model a --to b --learning-rate 0",
                "--learning-rate",
                "above 0",
            ),
        ] {
            let message = parse(line).expect_err(line).to_string();
            assert!(
                message.contains(option) && message.contains(remedy),
                "{line}: {message}"
            );
        }
    }

    #[test]
    fn options_change_the_recipe() {
        let recipe = |line: &str| parse(line).unwrap().study.recipe();
        let given = recipe("--model-dir there --layers 2 --distil-steps 7 --epochs 4 --texts 9");
        assert_eq!(
            (given.layers, given.distil.steps, given.epochs, given.texts),
            (Some(2), 7, 4, Some(9))
        );
        assert_eq!(given.length, Recipe::pretrained().length);
        assert_eq!(recipe("--quick").seeds, 1);
        assert_eq!(recipe("").length, Recipe::tiny().length);
    }
}
