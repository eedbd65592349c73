//! What teacher and student are like: before distillation, to choose how, and after it, to see what came of it.
//!
//! Targets and gradients are looked at on images that are learned from, for it is these that teach; how good and how
//! honest both are, on images that are held out. No test image is looked at, so that what is chosen by these pages has not
//! seen the test.

use burn::module::Module;
use burn::prelude::*;
use kd::diagnose::{CapacityReport, Diagnosis, GradientReport, Report, TermGradients};
use kd::prelude::*;
use kd_examples::data::Source;
use kd_examples::digits::{CLASSES, Digits};
use kd_examples::failure::Failure;
use kd_examples::mlp::{Mlp, in_batches};
use kd_examples::table::thousands;
use serde::Serialize;

use crate::distil::{Mix, distil};
use crate::lab::Lab;
use crate::labels::from_labels;
use crate::options::Options;
use crate::train::Run;

/// What the folder of the results is called, unless the options say otherwise.
const NAME: &str = "mnist-diagnosis";
/// Batches whose gradients are looked at.
const BATCHES: usize = 8;
/// Images in the batch whose time is taken.
const TIMED: usize = 256;
/// Rounds in which teacher and student are timed in turns.
const ROUNDS: usize = 30;

/// Both pages as numbers.
#[derive(Serialize)]
struct Pages {
    program: &'static str,
    command: Vec<String>,
    options: Options,
    data: Source,
    mix: Mix,
    validation: usize,
    before: Report,
    after: Report,
}

/// Trains a teacher and a student with the first seed, and writes what they are like.
///
/// # Errors
///
/// [`Failure`] when the lab is interrupted, all training images would be held out, or something cannot be written.
pub fn run(options: &Options, lab: &Lab, data: Source) -> Result<(), Failure> {
    let validation = options.task.validation(lab.train.len())?;
    let files = options.run.result_files(NAME);
    files.check_writable()?;
    let room = lab.held_out(&lab.splits(validation)?);
    let [before, after] = diagnose(&room, options.run.seed)?;

    let out = options.run.out(NAME);
    let learned = format!("{} images that are learned from", thousands(room.train.len()));
    let held_out = format!("{} images that were held out", thousands(validation));
    for (report, name, title) in [
        (&before, "before.html", format!("Before distillation: {learned}")),
        (
            &after,
            "report.html",
            format!("After distillation: {held_out}; gradients on images that were learned from"),
        ),
    ] {
        println!("\n{title}");
        for advice in report.advice() {
            println!("{:?}: {advice}", advice.level);
        }
        report.save(&title, out.join(name))?;
    }
    let pages = Pages {
        program: "mnist --diagnose",
        command: std::env::args().skip(1).collect(),
        options: options.clone(),
        data,
        mix: mix(lab),
        validation,
        before,
        after,
    };
    files.write(&serde_json::to_value(pages).expect("reports have nothing that JSON lacks"))?;
    println!("\nbefore.html, report.html and results.json are in {}.", out.display());
    Ok(())
}

/// What student and teacher are like before and after distillation, in this lab.
///
/// # Errors
///
/// [`Failure::Interrupted`] when the lab is.
fn diagnose(lab: &Lab, seed: u64) -> Result<[Report; 2], Failure> {
    let Lab {
        recipe, train, test, ..
    } = lab;
    let run = |name: &str| Run {
        lab,
        name: format!("seed {seed}: {name}"),
        seed,
    };
    let teacher = lab.fresh(&recipe.teacher, seed);
    let teacher = from_labels(&run("teacher"), teacher, train, recipe.teacher_training)?;
    let student = lab.fresh(&recipe.student, seed);
    let capacity = capacity(lab, &student, &teacher);
    let before = said(lab, &student, &teacher, train)
        .with_gradients(gradients(lab, &student, &teacher))
        .with_capacity(capacity.clone());

    let soft = logits(lab, &teacher, train);
    let student = distil(&run("distilled"), student, soft, train, recipe.distillation, mix(lab))?;
    let after = said(lab, &student, &teacher, test)
        .with_gradients(gradients(lab, &student, &teacher))
        .with_capacity(capacity);
    Ok([before, after])
}

fn mix(lab: &Lab) -> Mix {
    Mix {
        temperature: lab.recipe.temperature,
        alpha: lab.recipe.alpha,
    }
}

/// What a network says of these digits: logits, `[rows, classes]`.
fn logits(lab: &Lab, network: &Mlp, digits: &Digits) -> Tensor<2> {
    let network = network.valid();
    in_batches(digits.images(&lab.plain_device()), |images| network.forward(images))
}

/// How soft the targets are, how good and honest both are, and in which classes the student follows.
fn said(lab: &Lab, student: &Mlp, teacher: &Mlp, digits: &Digits) -> Report {
    let mut diagnosis = Diagnosis::new(CLASSES);
    let labels = digits.targets(&lab.plain_device());
    diagnosis.update(logits(lab, student, digits), logits(lab, teacher, digits), labels);
    diagnosis.report()
}

/// What the soft loss and the labels do to the student, on batches as it learns from them.
fn gradients(lab: &Lab, student: &Mlp, teacher: &Mlp) -> GradientReport {
    let Mix { temperature, alpha } = mix(lab);
    let soft = SoftLabelLossConfig::new().with_temperature(temperature).init();
    let teacher = Frozen::new(teacher.clone(), |teacher: &Mlp, images| teacher.forward(images));
    let batch = lab.recipe.distillation.batch;
    let rows: Vec<usize> = (0..lab.train.len().min(BATCHES * batch)).collect();
    let mut gradients = TermGradients::new();
    for rows in rows.chunks(batch) {
        let digits = lab.train.select(rows.iter().copied());
        let (images, labels) = (digits.images(&lab.device), digits.targets(&lab.device));
        let target = teacher.teach(images.clone());
        gradients.update(student, || {
            let logits = student.forward(images.clone());
            let hard = kd::rows::cross_entropy(logits.clone(), labels.clone()).mean();
            let soft = soft.forward(logits, target.clone());
            LossTerms::new()
                .with("soft", alpha, soft)
                .with("hard", 1.0 - alpha, hard)
        });
    }
    gradients.report()
}

/// How far apart both are in size, multiply-adds, and the time that a batch takes.
fn capacity(lab: &Lab, student: &Mlp, teacher: &Mlp) -> CapacityReport {
    let device = lab.plain_device();
    let images = lab.test.split_at(TIMED.min(lab.test.len())).0.images(&device);
    let (student, teacher) = (student.valid(), teacher.valid());
    CapacityReport::of(&student, &teacher)
        .with_operations(lab.recipe.student.multiply_adds(), lab.recipe.teacher.multiply_adds())
        .timed(
            &device,
            ROUNDS,
            || student.forward(images.clone()),
            || teacher.forward(images.clone()),
        )
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use kd_examples::interrupt::Interrupt;

    use super::*;
    use crate::bars::bars;

    fn run_on_bars(line: &str, interrupt: Interrupt) -> (Result<(), Failure>, tempfile::TempDir) {
        let _alone = kd_examples::alone::alone();
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().display().to_string();
        let fixed = ["mnist", "--quick", "--diagnose", "--out", &out];
        let options = Options::parse_from(fixed.into_iter().chain(line.split_whitespace()));
        let data = bars(120, 30);
        let source = data.source.clone();
        let lab = Lab::new(options.recipe(), data, Device::flex(), interrupt);
        (run(&options, &lab, source), folder)
    }

    #[test]
    fn both_pages_say_what_they_should() {
        let (finished, folder) = run_on_bars("--epochs 20", Interrupt::default());
        finished.unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let results: serde_json::Value = serde_json::from_str(&read("results.json")).unwrap();
        for (page, samples) in [("before", 100), ("after", 20)] {
            let report: Report = serde_json::from_value(results[page].clone()).unwrap();
            assert_eq!((report.samples, report.labelled), (samples, samples), "{page}");
            let gradients = report.gradients.unwrap();
            assert_eq!((gradients.batches, gradients.lost.len()), (2, 0), "{page}");
            let terms: Vec<&str> = gradients.terms.iter().map(|term| term.name.as_str()).collect();
            assert_eq!(terms, ["soft", "hard"], "{page}");
            assert!(gradients.cosine(0, 1).is_some() && report.softness.is_some(), "{page}");
            let capacity = report.capacity.unwrap();
            assert!(
                capacity.ratio() > 3.0 && capacity.timing.unwrap().student > 0.0,
                "{page}"
            );
            assert_eq!(capacity.operations.unwrap().student, 784 * 16 + 16 * 10, "{page}");
        }
        let agreement = |page: &str| results[page]["agreement"]["top_1"].as_f64().unwrap();
        assert!(agreement("after") > agreement("before"), "the student learned nothing");
        assert!(read("before.html").contains("Before distillation: 100 images that are learned from"));
        assert!(read("report.html").contains("After distillation: 20 images that were held out"));
    }

    #[test]
    fn an_interrupt_is_no_report_and_nobody_is_left_without_images() {
        let interrupt = Interrupt::default();
        interrupt.raise();
        let (stopped, folder) = run_on_bars("", interrupt);
        assert!(matches!(stopped, Err(Failure::Interrupted(_))));
        assert!(!folder.path().join("report.html").exists());
        let (refused, _folder) = run_on_bars("--validation 120", Interrupt::default());
        assert!(refused.unwrap_err().to_string().contains("--validation"));
    }
}
