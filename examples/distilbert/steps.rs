//! Single steps, each from folder to folder.

use burn::prelude::*;
use kd::transformer::Capacity;
use kd::transformer::bert::BertHead;
use kd_examples::device::Backend;
use kd_examples::failure::Failure;
use kd_examples::interrupt::Interrupt;
use kd_examples::unusable::Unusable;
use serde_json::json;

use crate::classify::{self, ClassTexts};
use crate::corpus::Corpus;
use crate::desk::Desk;
use crate::distil::distil;
use crate::embed::{self, Passages};
use crate::export::export;
use crate::lab::Lab;
use crate::likeness::likeness;
use crate::objective::Objective;
use crate::plans::named;
use crate::prepare::{cross_entropy, prepare};
use crate::reader::Reader;
use crate::recipe::Recipe;
use crate::source;
use crate::step_options::Step;
use crate::student::student;
use crate::trainer::Training;

/// Does one step.
///
/// # Errors
///
/// [`Failure`] when it cannot be done.
pub fn run(step: &Step, interrupt: Interrupt) -> Result<(), Failure> {
    let lab = |device: Backend| -> Result<Lab, Failure> {
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
            reader.check_length(how.length)?;
            let texts = source::texts(corpus.as_deref())?;
            let recipe = if model.is_given() {
                Recipe::pretrained()
            } else {
                Recipe::tiny()
            };
            let work = json!({
                "step": "prepare",
                "folder": named(model.model_dir.as_deref()),
                "hub": model.hub,
                "corpus": named(corpus.as_deref()),
            });
            let desk = Desk::new(&lab, how, &recipe.prepare, &work)?;
            let corpus = Corpus::new(&texts, &reader.tokenizer, how.length, how.seed)?;
            let before = cross_entropy(&lab, &reader.bert, &corpus, desk.training.batch)?;
            let (bert, course) = prepare(&desk.run("the teacher's head"), reader.bert, head, &corpus)?;
            let after = match course {
                Some(_) => cross_entropy(&lab, &bert, &corpus, desk.training.batch)?,
                None => before,
            };
            println!(
                "{}: {before:.3} nats for each hidden token before, {after:.3} after",
                head.name()
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
            thrift,
            how,
        } => {
            let lab = lab(how.device)?;
            thrift.teacher_precision.on(&lab.device)?;
            lab.device.seed(how.seed);
            let folder = teacher;
            let teacher = Reader::load(folder, &lab.device)?;
            teacher.check_length(how.length)?;
            if *objective == Objective::Triple && teacher.bert.config().head != BertHead::MaskedLanguage {
                return Err(Unusable::NoTokens { path: folder.clone() }.into());
            }
            let layers = layers.unwrap_or(teacher.bert.layers.len().div_ceil(2));
            let texts = source::texts(corpus.as_deref())?;
            let work = json!({
                "step": "distil",
                "teacher": named(Some(folder)),
                "layers": layers,
                "start": start,
                "objective": objective,
                "corpus": named(corpus.as_deref()),
                "accumulate": thrift.accumulate,
                "teacher_precision": thrift.teacher_precision,
            });
            let desk = Desk::new(&lab, how, &Recipe::pretrained().distil, &work)?;
            let corpus = Corpus::new(&texts, &teacher.tokenizer, how.length, how.seed)?;
            let (student, report) = student(&teacher.bert, layers, *start, &lab.device)?;
            if let Some(report) = report {
                println!("{report}");
            }
            println!("{}", Capacity::of(&student, &teacher.bert));
            let run = desk.run("the student");
            let (bert, course) = distil(&run, student, &teacher.bert, *objective, &corpus, *thrift)?;
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
            reader.check_length(how.length)?;
            let folder = teacher.as_deref();
            let teacher = match folder {
                None => None,
                Some(folder) => {
                    let teacher = Reader::load(folder, &lab.device)?;
                    teacher.check_classes(&texts.classes, folder)?;
                    teacher.check_length(how.length)?;
                    reader.check_teacher(&teacher, folder)?;
                    Some(teacher.bert)
                }
            };
            let [train, test] =
                [&texts.train, &texts.test].map(|part| ClassTexts::new(part, &reader.tokenizer, how.length));
            let of_recipe = Recipe::pretrained().finetune;
            let of_recipe = Training {
                steps: epochs * train.len().div_ceil(how.batch.unwrap_or(of_recipe.batch)),
                ..of_recipe
            };
            let work = json!({
                "step": "finetune",
                "model": named(Some(model)),
                "data": named(data.as_deref()),
                "teacher": named(folder),
            });
            let desk = Desk::new(&lab, how, &of_recipe, &work)?;
            let run = desk.run(&texts.name);
            let (bert, course) = classify::finetune(&run, reader.bert, teacher.as_ref(), &train)?;
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
            data,
            how,
        } => {
            let lab = lab(how.device)?;
            let work = json!({
                "step": "embed",
                "teacher": named(Some(teacher)),
                "student": named(Some(student)),
                "loss": loss,
                "corpus": named(corpus.as_deref()),
                "data": named(data.as_deref()),
            });
            let folder = teacher;
            let [teacher, student] =
                [teacher, student].map(|folder| Reader::with_new_head(folder, BertHead::None, &lab.device));
            let (teacher, student) = (teacher?, student?);
            student.check_teacher(&teacher, folder)?;
            student.check_length(how.length)?;
            teacher.check_length(how.length)?;
            let texts = match data {
                Some(_) => source::task(data.as_deref())?.unlabelled(),
                None => source::texts(corpus.as_deref())?,
            };
            let desk = Desk::new(&lab, how, &Recipe::pretrained().embed, &work)?;
            let passages = Passages::new(&texts, &teacher.tokenizer, how.length)?;
            let before = likeness(&lab, &student.bert, &teacher.bert, &passages)?;
            let (bert, course) =
                embed::distil(&desk.run("the encoder"), student.bert, &teacher.bert, *loss, &passages)?;
            let after = likeness(&lab, &bert, &teacher.bert, &passages)?;
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
            reader.check_classes(&texts.classes, model)?;
            reader.check_length(*length)?;
            let test = ClassTexts::new(&texts.test, &reader.tokenizer, *length);
            println!("{}: {}", texts.name, classify::evaluate(&lab, &reader.bert, &test)?);
            Ok(())
        }
        Step::Export { model, to, outputs } => {
            export(model, to, *outputs, &Device::flex())?;
            println!("{} is a BERT that transformers opens", to.display());
            Ok(())
        }
    }
}
