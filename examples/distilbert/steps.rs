//! Single steps, each from folder to folder.

use std::path::Path;

use burn::prelude::*;
use kd::transformer::bert::BertHead;
use kd_examples::course::Course;
use kd_examples::curve_plot::{Curve, curve_plot};
use kd_examples::failure::Failure;
use kd_examples::interrupt::Interrupt;
use kd_examples::text::embedded;
use kd_examples::whole_file;
use serde::Serialize;
use serde_json::json;

use crate::classify::{self, ClassTexts};
use crate::corpus::Corpus;
use crate::embed::{self, Passages};
use crate::lab::Lab;
use crate::options::{Step, StepOptions};
use crate::prepare::{Head, cross_entropy, prepare};
use crate::reader::Reader;
use crate::recipe::Recipe;
use crate::student::student;
use crate::trainer::{Run, Training};
use crate::{distil, export, source};

/// Does one step.
///
/// # Errors
///
/// [`Failure`] when it cannot be done.
pub fn run(step: &Step, interrupt: Interrupt) -> Result<(), Failure> {
    let lab = |device: kd_examples::device::Backend| -> Result<Lab, Failure> {
        Ok(Lab {
            device: device.device()?.autodiff(),
            interrupt: interrupt.clone(),
        })
    };
    match step {
        Step::Prepare { model, corpus, how } => {
            let lab = lab(how.device)?;
            lab.device.seed(how.seed);
            let (mut reader, head) = source::model(model, &lab.device)?;
            let corpus = Corpus::new(
                &source::texts(corpus.as_deref())?,
                &reader.tokenizer,
                how.length,
                how.seed,
            )?;
            let of_recipe = if model.is_given() {
                Recipe::pretrained()
            } else {
                Recipe::tiny()
            }
            .prepare;
            let desk = Desk::new(&lab, how, &of_recipe, ("prepare", head));
            let before = cross_entropy(&lab, &reader.bert, &corpus, desk.training.batch)?;
            let (bert, course) = prepare(&desk.run("the teacher's head"), reader.bert, head, &corpus)?;
            let after = cross_entropy(&lab, &bert, &corpus, desk.training.batch)?;
            println!(
                "{}: {before:.3} nats for each hidden token before, {after:.3} after",
                in_words(head)
            );
            reader.bert = bert;
            desk.keep(
                &reader,
                course.as_ref(),
                &json!({ "head": head, "before": before, "after": after }),
            )
        }
        Step::Distil {
            teacher,
            layers,
            start,
            objective,
            corpus,
            how,
        } => {
            let lab = lab(how.device)?;
            lab.device.seed(how.seed);
            let teacher = Reader::load(teacher, &lab.device)?;
            let layers = layers.unwrap_or(teacher.bert.layers.len().div_ceil(2));
            let corpus = Corpus::new(
                &source::texts(corpus.as_deref())?,
                &teacher.tokenizer,
                how.length,
                how.seed,
            )?;
            let (student, report) = student(&teacher.bert, layers, *start, &lab.device)?;
            if let Some(report) = report {
                println!("{report}");
            }
            println!("{}", kd::transformer::Capacity::of(&student, &teacher.bert));
            let desk = Desk::new(
                &lab,
                how,
                &Recipe::pretrained().distil,
                ("distil", layers, start, objective),
            );
            let run = desk.run("the student");
            let (bert, course) = distil::distil(&run, student, &teacher.bert, *objective, &corpus)?;
            let after = cross_entropy(&lab, &bert, &corpus, desk.training.batch)?;
            println!("{after:.3} nats for each hidden token");
            let reader = Reader { bert, ..teacher };
            desk.keep(&reader, Some(&course), &json!({ "cross_entropy": after }))
        }
        Step::Finetune {
            model,
            data,
            teacher,
            epochs,
            how,
        } => {
            let lab = lab(how.device)?;
            lab.device.seed(how.seed);
            let texts = source::task(data.as_deref())?;
            let head = BertHead::Classes {
                names: texts.classes.clone(),
            };
            let reader = Reader::with_new_head(model, head, &lab.device)?;
            let teacher = teacher
                .as_deref()
                .map(|folder| Reader::load(folder, &lab.device))
                .transpose()?;
            let [train, test] =
                [&texts.train, &texts.test].map(|part| ClassTexts::new(part, &reader.tokenizer, how.length));
            let steps = epochs * train.len().div_ceil(how.batch.unwrap_or(32));
            let of_recipe = Training {
                steps,
                ..Recipe::pretrained().finetune
            };
            let desk = Desk::new(&lab, how, &of_recipe, ("finetune", &texts.name, teacher.is_some()));
            let teacher = teacher.as_ref().map(|teacher| &teacher.bert);
            let (bert, course) = classify::finetune(&desk.run(&texts.name), reader.bert, teacher, &train)?;
            let report = classify::evaluate(&lab, &bert, &test)?;
            println!("{}: {report}", texts.name);
            let reader = Reader {
                bert,
                tokenizer: reader.tokenizer,
            };
            desk.keep(&reader, Some(&course), &report)
        }
        Step::Embed {
            teacher,
            student,
            loss,
            corpus,
            how,
        } => {
            let lab = lab(how.device)?;
            let teacher = Reader::with_new_head(teacher, BertHead::None, &lab.device)?;
            let student = Reader::with_new_head(student, BertHead::None, &lab.device)?;
            let passages = Passages::new(&source::texts(corpus.as_deref())?, &teacher.tokenizer, how.length)?;
            let desk = Desk::new(&lab, how, &Recipe::pretrained().embed, ("embed", loss));
            let before = embed::likeness(&lab, &student.bert, &teacher.bert, &passages)?;
            let (bert, course) =
                embed::distil(&desk.run("the encoder"), student.bert, &teacher.bert, *loss, &passages)?;
            let after = embed::likeness(&lab, &bert, &teacher.bert, &passages)?;
            println!("before: {before}\nafter:  {after}");
            let reader = Reader { bert, ..teacher };
            desk.keep(&reader, Some(&course), &json!({ "before": before, "after": after }))
        }
        Step::Evaluate {
            model,
            data,
            device,
            length,
        } => {
            let lab = lab(*device)?;
            let reader = Reader::load(model, &lab.plain_device())?;
            let texts = source::task(data.as_deref())?;
            let names = match &reader.bert.config().head {
                BertHead::Classes { names } => names.as_slice(),
                _ => &[],
            };
            if names != texts.classes {
                return Err(kd_examples::unusable::Unusable::OtherClasses {
                    path: model.clone(),
                    found: names.join(", "),
                    wanted: texts.classes.join(", "),
                }
                .into());
            }
            let test = ClassTexts::new(&texts.test, &reader.tokenizer, *length);
            println!("{}: {}", texts.name, classify::evaluate(&lab, &reader.bert, &test)?);
            Ok(())
        }
        Step::Export { model, to, outputs } => {
            let device = Device::flex();
            let reader = Reader::load(model, &device)?;
            let reader = Reader {
                bert: export::plain(&reader.bert, &device)?,
                ..reader
            };
            reader.save(to)?;
            if *outputs {
                export::write_outputs(&reader, &embedded::corpus()[..8], to, &device)?;
            }
            println!("{} is a BERT that transformers opens", to.display());
            Ok(())
        }
    }
}

/// What a head is called where it is spoken of.
pub fn in_words(head: Head) -> &'static str {
    match head {
        Head::Own => "the model's own head for tokens",
        Head::OnFrozenLayers => "a head for tokens, trained on the model's frozen layers",
        Head::WithTheLayers => "a tiny network, trained from nothing",
    }
}

/// Where a step is done, and its result is put.
struct Desk<'a, P> {
    lab: &'a Lab,
    folder: &'a Path,
    training: Training,
    plan: (P, Training, usize),
}

impl<'a, P: Serialize + Clone> Desk<'a, P> {
    fn new(lab: &'a Lab, how: &'a StepOptions, of_recipe: &Training, plan: P) -> Self {
        let training = how.training(of_recipe);
        Self {
            lab,
            folder: &how.to,
            plan: (plan, training.clone(), how.length),
            training,
        }
    }

    fn run(&self, name: &str) -> Run<'_, (P, Training, usize)> {
        Run {
            lab: self.lab,
            name: name.into(),
            training: &self.training,
            plan: &self.plan,
            checkpoints: self.folder.join("unfinished"),
        }
    }

    /// The network, how it went, and what came of it.
    fn keep(&self, reader: &Reader, course: Option<&Course>, result: &impl Serialize) -> Result<(), Failure> {
        reader.save(self.folder)?;
        let report = json!({ "result": result, "course": course });
        let report = serde_json::to_string_pretty(&report).expect("a report is JSON");
        whole_file::write(&self.folder.join("report.json"), report.as_bytes())?;
        if let Some(course) = course {
            whole_file::write(&self.folder.join("losses.svg"), losses(course)?.as_bytes())?;
        }
        println!("The network is in {}.", self.folder.display());
        Ok(())
    }
}

/// A picture of a training's losses.
fn losses(course: &Course) -> Result<String, Failure> {
    let names = course
        .points
        .first()
        .map(|point| point.losses.keys().cloned().collect());
    let names: Vec<String> = names.unwrap_or_default();
    let curves: Vec<Curve> = names
        .into_iter()
        .map(|name| Curve {
            points: course
                .points
                .iter()
                .map(|point| (point.step as f64, point.losses[&name], String::new()))
                .collect(),
            name,
        })
        .collect();
    Ok(curve_plot("Losses before their weights", ["step", "loss"], &curves)?)
}
