//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser};
use kd_examples::run_options::RunOptions;
use kd_examples::values;
use serde::Serialize;

use crate::recipe::Recipe;
use crate::score::{Variation, Who};
use crate::step_options::Step;
use crate::trainer::Training;

/// Distil a BERT by DistilBERT's recipe, from Hugging Face's folder to Hugging Face's folder.
///
/// Without a command all steps run one after the other: the teacher gets a head for tokens, students of half its layers
/// learn from it and from a corpus, all of them learn tasks, and a table says what each ingredient was worth. Without a
/// model a tiny one with random weights does so on sentences that come with the program, in minutes on two cores.
/// Whatever is finished is kept, and a run that was interrupted goes on where it stopped.
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

    /// A task: a file with a class, a tab and a text in each line; may be given several times [default: novel or
    /// speech?]
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

    /// Passes of a student over the texts of a task to learn its teacher's vectors [default: the recipe's own]
    #[arg(long, value_name = "EPOCHS", value_parser = values::epochs, allow_negative_numbers = true)]
    pub adapt_epochs: Option<usize>,

    /// Who learns the tasks, beside the teacher. Students that are none of these are not made, and without triple and taught
    /// there are neither sentence encoders nor an export [default: all]
    #[arg(long, value_name = "WHO", value_enum, value_delimiter = ',')]
    pub who: Vec<Who>,

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
        recipe.adapt_epochs = self.adapt_epochs.unwrap_or(recipe.adapt_epochs);
        recipe.texts = self.texts.or(recipe.texts);
        recipe
    }

    /// Those who learn tasks, the teacher first.
    pub fn learners(&self) -> impl Iterator<Item = Who> {
        let wanted = |who: &Who| *who == Who::Teacher || self.who.is_empty() || self.who.contains(who);
        Who::ALL.into_iter().filter(wanted)
    }

    /// Whether a student of this variation is needed for any of them.
    pub fn needs(&self, variation: Variation) -> bool {
        self.learners().any(|who| who.student() == Some(variation))
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
            (
                "distil --teacher a --to b --start nothing",
                "--start",
                "layers, first, random",
            ),
            ("distil --to b", "--teacher", "required"),
            (
                "embed --teacher a --student b --to c --corpus d --data e",
                "--corpus",
                "cannot be used with",
            ),
            ("finetune --model a --to b --length 2", "--length", "at least 3"),
            (
                "finetune --model a --to b --learning-rate 0",
                "--learning-rate",
                "above 0",
            ),
            ("distil --teacher a --to b --steps -1", "--steps", "at least 1"),
            ("distil --teacher a --to b --layers -1", "--layers", "at least 1"),
            ("distil --teacher a --to b --accumulate 0", "--accumulate", "at least 1"),
            (
                "distil --teacher a --to b --teacher-precision f8",
                "--teacher-precision",
                "bf16, f16",
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
        assert_eq!(recipe("--adapt-epochs 6").adapt_epochs, 6);
        assert_eq!(recipe("--quick").seeds, 1);
        assert_eq!(recipe("").length, Recipe::tiny().length);
    }

    #[test]
    fn students_nobody_asked_for_are_not_made() {
        let needs = |line: &str| {
            let options = parse(line).unwrap().study;
            Variation::ALL.map(|variation| options.needs(variation))
        };
        assert_eq!(needs(""), [true; 4]);
        assert_eq!(needs("--who teacher"), [false; 4]);
        assert_eq!(needs("--who vectors-taught,mlm"), [false, true, true, false]);
        assert_eq!(needs("--who taught"), [true, false, false, false]);
        let options = parse("--who copied").unwrap().study;
        let learners: Vec<Who> = options.learners().collect();
        assert_eq!(learners, [Who::Teacher, Who::Student(Variation::WithoutCorpus)]);
        let message = parse("--who nobody").expect_err("nobody").to_string();
        assert!(message.contains("vectors-taught"), "{message}");
    }
}
