//! The command line of single steps.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use kd_examples::device::Backend;
use kd_examples::values;

use crate::embed::EmbeddingLoss;
use crate::objective::Objective;
use crate::options::ModelOptions;
use crate::student::Start;
use crate::thrift::Thrift;
use crate::trainer::Training;

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
        #[arg(long, value_name = "COUNT", value_parser = values::count, allow_negative_numbers = true)]
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
        /// In how much memory
        #[command(flatten)]
        thrift: Thrift,
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
        #[arg(long, default_value_t = 3, value_parser = values::epochs, allow_negative_numbers = true)]
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
        /// A task whose texts to learn from instead, without their classes and without the tenth that is tested on: a file with
        /// a class, a tab and a text in each line
        #[arg(long, value_name = "FILE", conflicts_with = "corpus")]
        data: Option<PathBuf>,
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
        #[arg(long, default_value_t = 64, value_parser = values::tokens, allow_negative_numbers = true)]
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
    #[arg(long, value_parser = values::count, allow_negative_numbers = true)]
    pub steps: Option<usize>,
    /// Texts in a step [default: the recipe's own]
    #[arg(long, value_name = "TEXTS", value_parser = values::count, allow_negative_numbers = true)]
    pub batch: Option<usize>,
    /// The highest learning rate [default: the recipe's own]
    #[arg(long, value_parser = values::learning_rate, allow_negative_numbers = true)]
    pub learning_rate: Option<f64>,
    /// Tokens of a text or sequence
    #[arg(long, default_value_t = 64, value_parser = values::tokens, allow_negative_numbers = true)]
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
