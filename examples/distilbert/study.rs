//! All steps one after the other, each done once: what lies finished in the folder is taken from there.

mod adapted;
mod language;
mod sentences;
mod tasks;

use std::path::{Path, PathBuf};

use kd_examples::failure::Failure;
use kd_examples::once::once;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::corpus::Corpus;
use crate::embed::{EmbeddingLoss, Passages};
use crate::export::export;
use crate::keeper::Keeper;
use crate::lab::Lab;
use crate::options::StudyOptions;
use crate::plans::Plans;
use crate::reader::Reader;
use crate::recipe::Recipe;
use crate::score::{Variation, Who};
use crate::source;
use crate::trainer::{Run, Training, forget_checkpoints};

/// One run of all steps.
pub struct Study<'a> {
    lab: &'a Lab,
    recipe: &'a Recipe,
    options: &'a StudyOptions,
    out: PathBuf,
}

impl<'a> Study<'a> {
    /// With its results in the folder `out`.
    pub fn new(lab: &'a Lab, recipe: &'a Recipe, options: &'a StudyOptions, out: PathBuf) -> Self {
        Self {
            lab,
            recipe,
            options,
            out,
        }
    }

    /// Does all of it.
    ///
    /// # Errors
    ///
    /// [`Failure`] when something cannot be had, or it is interrupted; what was finished before has been kept.
    pub fn run(&self, keeper: &mut impl Keeper) -> Result<(), Failure> {
        // What is wrong with texts is told before hours of work.
        let texts = source::texts(self.options.corpus.as_deref())?;
        Passages::check(texts.len())?;
        let tasks = self.tasks()?;
        if self.options.learners().any(Who::is_adapted) {
            for task in &tasks {
                Passages::check(task.train.len()).map_err(|error| error.of_task(&task.name))?;
            }
        }
        let plans = Plans::new(self.recipe, self.options, &texts);
        keeper.prepared(self.teacher(&plans, &texts)?)?;
        let teacher = Reader::load(&self.folder("teacher"), &self.lab.device)?;
        let corpus = Corpus::new(&texts, &teacher.tokenizer, self.recipe.length, self.recipe.distil.seed)?;
        let [learned, tested] = corpus.sizes();
        println!("The corpus has {learned} sequences to learn from and {tested} to be tested on.");
        let variations = Variation::ALL.into_iter();
        for variation in variations.filter(|variation| self.options.needs(*variation)) {
            keeper.distilled(self.student(&plans, variation, &teacher, &corpus)?)?;
        }
        if self.options.needs(Variation::Whole) {
            let whole = self.student_folder(Variation::Whole);
            export(&whole, &self.folder("export"), true, &self.lab.plain_device())?;
            for loss in EmbeddingLoss::ALL {
                keeper.embedded(self.encoder(&plans, loss, &texts)?)?;
            }
        }
        for task in tasks {
            for seed in self.options.run.seeds(self.recipe.seeds) {
                for who in self.options.learners() {
                    keeper.scored(self.score(&plans, &task, seed, who)?)?;
                }
            }
        }
        Ok(())
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.out.join(name)
    }

    fn student_folder(&self, variation: Variation) -> PathBuf {
        self.folder("students").join(variation.short())
    }

    /// Work that is done once in this folder. What it would have been gone on from is not wanted any more.
    fn once<T: Serialize + DeserializeOwned>(
        &self,
        folder: &Path,
        plan: &impl Serialize,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let result = once(folder, plan, work)?;
        forget_checkpoints(folder);
        Ok(result)
    }

    fn training<'r, P>(&'r self, name: String, training: &'r Training, plan: &'r P, folder: &Path) -> Run<'r, P> {
        Run {
            lab: self.lab,
            name,
            training,
            plan,
            folder: folder.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::prelude::*;
    use clap::Parser;
    use kd_examples::interrupt::Interrupt;

    use super::*;
    use crate::options::Options;
    use crate::report::Report;

    #[test]
    fn all_steps_of_a_tiny_network_and_a_second_run_that_has_nothing_to_do() {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().display().to_string();
        let options = Options::parse_from(["distilbert", "--quick", "--out", &folder]).study;
        let recipe = options.recipe();
        let lab = Lab {
            device: Device::flex().autodiff(),
            interrupt: Interrupt::default(),
        };
        let run = |interrupt: &Interrupt| {
            let lab = Lab {
                device: lab.device.clone(),
                interrupt: interrupt.clone(),
            };
            let mut report = Report::new(options.clone(), recipe.clone());
            let finished = Study::new(&lab, &recipe, &options, out.path().into()).run(&mut report);
            (finished, report)
        };
        let (finished, report) = run(&lab.interrupt);
        finished.unwrap();
        assert_eq!(
            (report.students.len(), report.encoders.len(), report.scores.len()),
            (4, 3, Who::ALL.len())
        );
        let teacher = report.teacher.as_ref().unwrap();
        assert!(
            teacher.cross_entropy < (1500f64).ln() + 0.1,
            "{}",
            teacher.cross_entropy
        );
        assert_eq!((teacher.size[1], report.students[0].size[1]), (4, 2));
        assert!(out.path().join("export/outputs.safetensors").exists());

        // With Ctrl-C held down nothing could be trained any more.
        lab.interrupt.raise();
        let (finished, again) = run(&lab.interrupt);
        finished.unwrap();
        let accuracies =
            |report: &Report| -> Vec<f64> { report.scores.iter().map(|score| score.report.accuracy).collect() };
        assert_eq!(accuracies(&report), accuracies(&again));
        crate::pictures::draw(out.path(), &again).unwrap();
        assert!(out.path().join("sentences.svg").exists() && out.path().join("language.svg").exists());
        assert!(crate::tables::tables(&again).contains("a tiny network, trained from nothing"));
    }

    #[test]
    fn too_few_texts_for_vectors_are_refused_with_their_task_before_anything_is_made() {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().display().to_string();
        let run = |who: &str| {
            let line = ["distilbert", "--quick", "--texts", "20", "--who", who, "--out", &folder];
            let options = Options::parse_from(line).study;
            let recipe = options.recipe();
            let lab = Lab {
                device: Device::flex().autodiff(),
                interrupt: Interrupt::default(),
            };
            let mut report = Report::new(options.clone(), recipe.clone());
            let finished = Study::new(&lab, &recipe, &options, out.path().into()).run(&mut report);
            finished
                .map(|()| report.scores.len())
                .map_err(|error| error.to_string())
        };
        let message = run("vectors").unwrap_err();
        assert!(
            message.contains("task \"sentences\" has 20 texts") && message.contains("--who"),
            "{message}"
        );
        assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
        assert_eq!(run("copied"), Ok(2));
    }
}
