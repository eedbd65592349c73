//! All steps one after the other, each done once: what lies finished in the folder is taken from there.

use std::path::{Path, PathBuf};

use burn::prelude::*;
use kd::transformer::Capacity;
use kd::transformer::bert::BertHead;
use kd_examples::failure::Failure;
use kd_examples::once::once;
use kd_examples::text::labelled::LabelledTexts;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::classify::{self, ClassTexts};
use crate::corpus::Corpus;
use crate::distil::distil;
use crate::embed::{self, EmbeddingLoss, Passages};
use crate::export::export;
use crate::keeper::{Distilled, Embedded, Keeper, Prepared};
use crate::lab::Lab;
use crate::likeness::likeness;
use crate::options::StudyOptions;
use crate::plans::Plans;
use crate::prepare::{cross_entropy, prepare};
use crate::reader::Reader;
use crate::recipe::Recipe;
use crate::score::{Score, Variation, Who};
use crate::source;
use crate::student::student;
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
        Passages::check(&texts)?;
        let tasks = self.tasks()?;
        let plans = Plans::new(self.recipe, self.options, &texts);
        keeper.prepared(self.teacher(&plans, &texts)?)?;
        let teacher = Reader::load(&self.folder("teacher"), &self.lab.device)?;
        let corpus = Corpus::new(&texts, &teacher.tokenizer, self.recipe.length, self.recipe.distil.seed)?;
        let [learned, tested] = corpus.sizes();
        println!("The corpus has {learned} sequences to learn from and {tested} to be tested on.");
        for variation in Variation::ALL {
            keeper.distilled(self.student(&plans, variation, &teacher, &corpus)?)?;
        }
        let whole = self.student_folder(Variation::Whole);
        export(&whole, &self.folder("export"), true, &self.lab.plain_device())?;
        for loss in EmbeddingLoss::ALL {
            keeper.embedded(self.encoder(&plans, loss, &texts)?)?;
        }
        for task in tasks {
            for seed in self.options.run.seeds(self.recipe.seeds) {
                for who in Who::all() {
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

    fn tasks(&self) -> Result<Vec<LabelledTexts>, Failure> {
        let tasks = source::tasks(&self.options.tasks)?.into_iter();
        Ok(tasks.map(|task| task.with_at_most(self.recipe.texts)).collect())
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

    fn teacher(&self, plans: &Plans, texts: &[String]) -> Result<Prepared, Failure> {
        let (recipe, folder) = (self.recipe, self.folder("teacher"));
        let plan = plans.teacher();
        self.once(&folder, &plan, || {
            self.lab.device.seed(recipe.prepare.seed);
            let (reader, head) = source::model(&self.options.model, &self.lab.device)?;
            reader.check_length(recipe.length.max(recipe.text_length))?;
            let corpus = Corpus::new(texts, &reader.tokenizer, recipe.length, recipe.prepare.seed)?;
            let run = self.training("the teacher".into(), &recipe.prepare, &plan, &folder);
            let (bert, course) = prepare(&run, reader.bert, head, &corpus)?;
            let prepared = Prepared {
                head,
                size: [bert.num_params(), bert.layers.len()],
                cross_entropy: cross_entropy(self.lab, &bert, &corpus, recipe.prepare.batch)?,
                course,
            };
            Reader { bert, ..reader }.save(&folder)?;
            Ok(prepared)
        })
    }

    fn student(
        &self,
        plans: &Plans,
        variation: Variation,
        teacher: &Reader,
        corpus: &Corpus,
    ) -> Result<Distilled, Failure> {
        let (recipe, folder) = (self.recipe, self.student_folder(variation));
        let layers = recipe.layers.unwrap_or(teacher.bert.layers.len().div_ceil(2));
        let plan = plans.student(variation);
        self.once(&folder, &plan, || {
            self.lab.device.seed(recipe.distil.seed);
            let (bert, report) = student(&teacher.bert, layers, variation.start(), &self.lab.device)?;
            if variation == Variation::Whole {
                println!("{}", Capacity::of(&bert, &teacher.bert));
                println!("{}", report.expect("it is made of the teacher's layers"));
            }
            let run = self.training(
                format!("student: {}", variation.short()),
                &recipe.distil,
                &plan,
                &folder,
            );
            let (bert, course) = match variation.objective() {
                Some(objective) => {
                    let (bert, course) = distil(&run, bert, &teacher.bert, objective, corpus)?;
                    (bert, Some(course))
                }
                None => (bert, None),
            };
            let distilled = Distilled {
                variation,
                size: [bert.num_params(), bert.layers.len()],
                cross_entropy: cross_entropy(self.lab, &bert, corpus, recipe.distil.batch)?,
                course,
            };
            let reader = Reader {
                bert,
                tokenizer: teacher.tokenizer.clone(),
            };
            reader.save(&folder)?;
            Ok(distilled)
        })
    }

    fn encoder(&self, plans: &Plans, loss: EmbeddingLoss, texts: &[String]) -> Result<Embedded, Failure> {
        let recipe = self.recipe;
        let folder = self.folder("encoders").join(loss.name());
        let plan = plans.encoder(loss);
        self.once(&folder, &plan, || {
            let device = &self.lab.device;
            // The encoder as it came, not with what it learned since.
            let teacher = source::folder(&self.options.model)?.unwrap_or(self.folder("teacher"));
            let teacher = Reader::with_new_head(&teacher, BertHead::None, device)?;
            let student = Reader::with_new_head(&self.student_folder(Variation::Whole), BertHead::None, device)?;
            let passages = Passages::new(texts, &teacher.tokenizer, recipe.text_length)?;
            let before = likeness(self.lab, &student.bert, &teacher.bert, &passages)?;
            let run = self.training(format!("encoder: {}", loss.name()), &recipe.embed, &plan, &folder);
            let (bert, course) = embed::distil(&run, student.bert, &teacher.bert, loss, &passages)?;
            Ok(Embedded {
                loss,
                before,
                after: likeness(self.lab, &bert, &teacher.bert, &passages)?,
                course,
            })
        })
    }

    fn score(&self, plans: &Plans, task: &LabelledTexts, seed: u64, who: Who) -> Result<Score, Failure> {
        let recipe = self.recipe;
        let of_seed = self.folder("tasks").join(&task.name).join(format!("seed-{seed}"));
        let folder = of_seed.join(who.short());
        let training = Training {
            steps: recipe.epochs * task.train.len().div_ceil(recipe.finetune.batch),
            seed,
            ..recipe.finetune
        };
        let network = match who {
            Who::Teacher => self.folder("teacher"),
            Who::Student(variation) => self.student_folder(variation),
            Who::Taught => self.student_folder(Variation::Whole),
        };
        let plan = plans.score(task, &training, who);
        self.once(&folder, &plan, || {
            let device = &self.lab.device;
            device.seed(seed);
            let head = BertHead::Classes {
                names: task.classes.clone(),
            };
            let reader = Reader::with_new_head(&network, head, device)?;
            let teacher = match who {
                Who::Taught => Some(Reader::load(&of_seed.join(Who::Teacher.short()), device)?.bert),
                _ => None,
            };
            let [train, test] =
                [&task.train, &task.test].map(|part| ClassTexts::new(part, &reader.tokenizer, recipe.text_length));
            let run = self.training(
                format!("{}, seed {seed}: {}", task.name, who.short()),
                &training,
                &plan,
                &folder,
            );
            let (bert, course) = classify::finetune(&run, reader.bert, teacher.as_ref(), &train)?;
            let score = Score {
                task: task.name.clone(),
                seed,
                who,
                report: classify::evaluate(self.lab, &bert, &test)?,
                seconds: course.seconds,
            };
            if who == Who::Teacher {
                let tokenizer = reader.tokenizer;
                Reader { bert, tokenizer }.save(&folder)?;
            }
            Ok(score)
        })
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
            (4, 3, 6)
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
}
