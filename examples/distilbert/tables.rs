//! The results as tables.

use std::collections::BTreeSet;
use std::fmt::Write;

use kd_examples::spread::Spread;
use kd_examples::table::{spread, table, thousands};

use crate::report::Report;
use crate::score::{Score, kept};

/// All that the terminal gets to see at the end.
pub fn tables(report: &Report) -> String {
    let mut text = format!("\nThe language\n{}\n", language(report));
    if let Some(teacher) = &report.teacher {
        let _ = writeln!(text, "The teacher: {}.", teacher.head.name());
    }
    let tasks: BTreeSet<&str> = report.scores.iter().map(|score| &*score.task).collect();
    for name in tasks {
        let of_task = || report.scores.iter().filter(|score| score.task == name);
        let seeds: BTreeSet<u64> = of_task().map(|score| score.seed).collect();
        let texts = of_task().map(|score| score.report.samples).next().unwrap_or_default();
        let _ = writeln!(
            text,
            "\nTask {name}: {texts} texts, {} seed(s), mean ± standard deviation (smallest to largest)\n{}",
            seeds.len(),
            task(report, name)
        );
    }
    if !report.encoders.is_empty() {
        let _ = writeln!(text, "\nSentence encoders\n{}", encoders(report));
    }
    text
}

fn language(report: &Report) -> String {
    let row = |name: String, size: [usize; 2], cross_entropy: f64, course: Option<&kd_examples::course::Course>| {
        let of = |value: fn(&kd_examples::course::Course) -> f64| {
            course.map_or("-".into(), |course| format!("{:.0}", value(course)))
        };
        vec![
            name,
            thousands(size[0]),
            size[1].to_string(),
            format!("{cross_entropy:.3}"),
            of(|course| course.steps as f64),
            of(kd_examples::course::Course::tokens_per_second),
        ]
    };
    let teacher = report.teacher.iter().map(|teacher| {
        let course = teacher.course.as_ref();
        row("teacher".into(), teacher.size, teacher.cross_entropy, course)
    });
    let students = report.students.iter().map(|student| {
        let course = student.course.as_ref();
        row(
            student.variation.name().into(),
            student.size,
            student.cross_entropy,
            course,
        )
    });
    let header = ["", "parameters", "layers", "nats per hidden token", "steps", "tokens/s"];
    table(&header, teacher.chain(students)).to_string()
}

fn task(report: &Report, name: &str) -> String {
    let rows = report.learners(name).map(|who| {
        let of = |value: fn(&Score) -> f64| {
            let scores = report
                .scores
                .iter()
                .filter(|score| score.task == name && score.who == who);
            Spread::of(scores.map(value))
        };
        vec![
            who.name(),
            spread(of(|score| 100.0 * score.report.accuracy), 1),
            spread(kept(&report.scores, name, who), 1),
            spread(of(|score| score.report.nll), 3),
            spread(of(|score| 100.0 * score.report.ece), 1),
            spread(of(|score| score.seconds), 0),
        ]
    });
    let header = ["", "accuracy %", "of the teacher's %", "NLL", "ECE %", "seconds"];
    table(&header, rows).to_string()
}

fn encoders(report: &Report) -> String {
    let rows = report.encoders.iter().map(|encoder| {
        let numbers = [
            encoder.before.cosine,
            encoder.after.cosine,
            encoder.before.pairs,
            encoder.after.pairs,
        ];
        [encoder.loss.name().to_owned()]
            .into_iter()
            .chain(numbers.map(|number| format!("{number:.4}")))
            .collect()
    });
    let header = ["loss", "cosine before", "after", "correlation of pairs before", "after"];
    table(&header, rows).to_string()
}
