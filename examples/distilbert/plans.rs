//! What a result depends on: it is taken from an earlier run only where all of this is the same.

use std::path::Path;

use kd_examples::text::labelled::{LabelledTexts, Sentence};
use serde_json::{Value, json};

use crate::embed::EmbeddingLoss;
use crate::options::StudyOptions;
use crate::recipe::Recipe;
use crate::score::{Variation, Who};
use crate::trainer::Training;

/// The plans of all steps. Each has in it those of the steps before that it is made of.
pub struct Plans<'a> {
    recipe: &'a Recipe,
    options: &'a StudyOptions,
    corpus: [usize; 2],
}

impl<'a> Plans<'a> {
    /// Of a run by this recipe on these texts.
    pub fn new(recipe: &'a Recipe, options: &'a StudyOptions, texts: &[String]) -> Self {
        Self {
            recipe,
            options,
            corpus: size(texts.iter().map(String::as_str)),
        }
    }

    /// The teacher's.
    pub fn teacher(&self) -> Value {
        let (model, corpus) = (&self.options.model, &self.options.corpus);
        json!({
            "model": named(model.model_dir.as_deref()),
            "hub": model.hub,
            "corpus": named(corpus.as_deref()),
            "texts and bytes": self.corpus,
            "length": self.recipe.length,
            "training": self.recipe.prepare,
        })
    }

    /// A student's.
    pub fn student(&self, variation: Variation) -> Value {
        json!({
            "student": variation,
            "layers": self.recipe.layers,
            "training": variation.objective().map(|_| &self.recipe.distil),
            "teacher": self.teacher(),
        })
    }

    /// A sentence encoder's.
    pub fn encoder(&self, loss: EmbeddingLoss) -> Value {
        json!({
            "loss": loss,
            "length": self.recipe.text_length,
            "training": self.recipe.embed,
            "student": self.student(Variation::Whole),
        })
    }

    /// That of somebody who learns a task.
    pub fn score(&self, task: &LabelledTexts, training: &Training, who: Who) -> Value {
        let size = |part: &[Sentence]| size(part.iter().map(|sentence| sentence.text.as_str()));
        json!({
            "who": who,
            "classes": task.classes,
            "texts and bytes": [size(&task.train), size(&task.test)],
            "length": self.recipe.text_length,
            "training": training,
            "network": match who {
                who if who.is_adapted() => self.adapted(task, training.seed),
                who => who.student().map_or_else(|| self.teacher(), |variation| self.student(variation)),
            },
        })
    }

    /// That of a student that learns its teacher's vectors of a task's texts.
    pub fn adapted(&self, task: &LabelledTexts, seed: u64) -> Value {
        json!({
            "texts and bytes": size(task.train.iter().map(|sentence| sentence.text.as_str())),
            "length": self.recipe.text_length,
            "training": self.recipe.adapt,
            "epochs": self.recipe.adapt_epochs,
            "seed": seed,
            "student": self.student(Variation::WithoutCorpus),
        })
    }
}

/// A folder or file as a plan has it.
pub fn named(path: Option<&Path>) -> Option<String> {
    path.map(|path| path.display().to_string())
}

/// How many texts there are, and of how many bytes: a file that was changed has hardly ever as many.
fn size<'t>(texts: impl Iterator<Item = &'t str>) -> [usize; 2] {
    texts.fold([0, 0], |[count, bytes], text| [count + 1, bytes + text.len()])
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use kd_examples::text::embedded;

    use super::*;
    use crate::options::Options;

    #[test]
    fn whatever_a_step_is_made_of_is_in_its_plan() {
        let plans = |line: &str, texts: &[&str]| {
            let line = ["distilbert"].into_iter().chain(line.split_whitespace());
            let options = Options::parse_from(line).study;
            let recipe = options.recipe();
            let texts: Vec<String> = texts.iter().map(|text| (*text).into()).collect();
            let plans = Plans::new(&recipe, &options, &texts);
            let task = embedded::sentences().with_at_most(recipe.texts);
            let training = Training {
                steps: recipe.epochs,
                ..recipe.finetune
            };
            [
                plans.teacher(),
                plans.student(Variation::Whole),
                plans.student(Variation::WithoutCorpus),
                plans.encoder(EmbeddingLoss::Mse),
                plans.score(&task, &training, Who::Teacher),
                plans.score(&task, &training, Who::Taught),
                plans.score(&task, &training, Who::Adapted),
            ]
        };
        let plain = plans("", &["text"]);
        for (line, texts, differs) in [
            ("", "text", [false; 7]),
            ("", "another", [true; 7]),
            ("--corpus there", "text", [true; 7]),
            ("--prepare-steps 7", "text", [true; 7]),
            ("--layers 2", "text", [false, true, true, true, false, true, true]),
            (
                "--distil-steps 7",
                "text",
                [false, true, false, true, false, true, false],
            ),
            (
                "--embed-steps 7",
                "text",
                [false, false, false, true, false, false, false],
            ),
            (
                "--adapt-epochs 7",
                "text",
                [false, false, false, false, false, false, true],
            ),
            ("--epochs 7", "text", [false, false, false, false, true, true, true]),
            ("--texts 7", "text", [false, false, false, false, true, true, true]),
        ] {
            let others = plans(line, &[texts]);
            let found: Vec<bool> = plain.iter().zip(&others).map(|(one, other)| one != other).collect();
            assert_eq!(found, differs, "{line} {texts}");
        }
        assert_ne!(plain[0], plans("--hub a/b", &["text"])[0]);
    }
}
