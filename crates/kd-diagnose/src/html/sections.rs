//! Each part of the page: what it shows, and how to read it.

use kd_core::thousands;

use super::tags::{escape, paragraph, table};
use crate::{
    CapacityReport, ClassAgreement, GradientReport, Level, ModelReport, Report, Softness, SoftnessPoint,
    words::{degrees, or_none, percent, seconds, short, times},
};

/// As many classes as a page has room for.
const SHOWN: usize = 10;

pub(super) fn advice(report: &Report) -> String {
    let item = |advice: &crate::Advice| {
        let level = match advice.level {
            Level::Warning => "warning",
            Level::Suggestion => "suggestion",
            Level::Note => "note",
        };
        format!("<li class=\"{level}\">{}</li>\n", escape(&advice.text))
    };
    let items: String = report.advice().iter().map(item).collect();
    let samples = format!("{} samples, {} of them with labels.", report.samples, report.labelled);
    format!("{}<ul class=\"advice\">\n{items}</ul>\n", paragraph(&samples))
}

pub(super) fn softness(softness: &Softness) -> String {
    // A page has room for about a dozen of them.
    let step = softness.points.len().div_ceil(12);
    let row = |point: &SoftnessPoint| {
        [
            degrees(point.temperature),
            short(point.entropy),
            percent(softness.entropy_share(point)),
            short(point.effective_classes()),
            percent(point.beyond),
            percent(point.second),
            percent(point.soft),
        ]
    };
    let head = [
        "T",
        "entropy (nats)",
        "of the most",
        "effective classes",
        "beyond the first",
        "second choice",
        "samples where it has a tenth",
    ];
    table(head, softness.points.iter().step_by(step).map(row))
        + &paragraph("Means over samples of softmax(teacher / T). A label has an entropy of 0 and one effective class.")
}

pub(super) fn models(report: &Report) -> String {
    let row = |name: &str, model: &ModelReport| {
        let scores = &model.scores;
        let confidence = or_none(model.calibration.confidence(), percent);
        [
            name.into(),
            percent(scores.accuracy),
            confidence,
            short(scores.nll),
            short(scores.brier),
            percent(scores.ece),
        ]
    };
    let sides = [("student", &report.student), ("teacher", &report.teacher)];
    let rows: Vec<_> = sides
        .iter()
        .filter_map(|(name, side)| Some(row(name, side.as_ref()?)))
        .collect();
    let agreement = report.agreement.map_or(String::new(), |agreement| {
        paragraph(&format!(
            "The student finds its teacher's class likeliest on {} of the samples; KL(teacher ‖ student) at T = 1 is {} nats.",
            percent(agreement.top_1),
            short(agreement.kl)
        ))
    });
    if rows.is_empty() {
        return agreement + &paragraph("There are no labels, so accuracy and calibration are left out.");
    }
    agreement + &table(["", "accuracy", "confidence", "NLL", "Brier", "ECE"], rows)
}

/// The classes in which the student follows least, with their counts.
pub(super) fn least(report: &Report) -> Vec<(usize, &ClassAgreement)> {
    let said = report.by_class.iter().enumerate().filter(|(_, class)| class.chosen > 0);
    let mut classes: Vec<_> = said.collect();
    let share = |class: &ClassAgreement| class.agreement().unwrap_or_default();
    classes.sort_by(|a, b| share(a.1).total_cmp(&share(b.1)));
    classes.truncate(SHOWN);
    classes
}

pub(super) fn classes(report: &Report) -> String {
    let row = |(class, counts): (usize, &ClassAgreement)| {
        [
            class.to_string(),
            counts.chosen.to_string(),
            or_none(counts.agreement(), percent),
            counts.labelled.to_string(),
            or_none(counts.student_accuracy(), percent),
            or_none(counts.teacher_accuracy(), percent),
        ]
    };
    let head = [
        "class",
        "said by the teacher",
        "student follows",
        "labels",
        "student right",
        "teacher right",
    ];
    let shown = least(report);
    let words = format!(
        "The {} of {} classes in which the student follows its teacher least.",
        shown.len(),
        report.by_class.len()
    );
    table(head, shown.into_iter().map(row)) + &paragraph(&words)
}

pub(super) fn gradients(report: &GradientReport) -> String {
    let rows = report.terms.iter().zip(report.shares()).map(|(term, share)| {
        [
            term.name.clone(),
            short(term.weight),
            short(term.norm),
            short(term.weighted()),
            percent(share),
            or_none(term.along, short),
        ]
    });
    let head = ["term", "weight", "norm", "weighted", "share", "cosine with all"];
    let words = format!(
        "Gradients over all parameters; batches: {}. All terms together have a norm of {}. Near 1 a term steers; below 0 it is unlearnt.",
        report.batches,
        short(report.total)
    );
    table(head, rows) + &paragraph(&words) + &cosines(report)
}

/// Blue where two pull the same way, orange where they conflict.
fn cosines(report: &GradientReport) -> String {
    let cell = |cosine: &Option<f64>| {
        let colour = cosine.map_or("190,190,190,0.4".into(), |cosine| {
            let paint = if cosine < 0.0 { "196,78,10" } else { "66,122,178" };
            format!("{paint},{:.2}", 0.7 * cosine.abs())
        });
        format!(
            "<td style=\"background:rgba({colour})\">{}</td>",
            or_none(*cosine, short)
        )
    };
    let name = |name: &str, tag: &str| format!("<{tag}>{}</{tag}>", escape(name));
    let head: String = report.terms.iter().map(|term| name(&term.name, "th")).collect();
    let row = |(place, cosines): (usize, &Vec<Option<f64>>)| {
        let cells: String = cosines.iter().map(cell).collect();
        format!("<tr>{}{cells}</tr>", name(&report.terms[place].name, "th"))
    };
    let rows: String = report.cosines.iter().enumerate().map(row).collect();
    format!("<table><tr><th>cosine</th>{head}</tr>{rows}</table>\n")
}

pub(super) fn capacity(report: &CapacityReport) -> String {
    let of = |name: &str, student: String, teacher: String, ratio: f64| [name.into(), student, teacher, times(ratio)];
    let parameters = &report.parameters;
    let (student, teacher) = (thousands(parameters.student()), thousands(parameters.teacher()));
    let mut rows = vec![of("parameters", student, teacher, parameters.ratio())];
    if let Some(operations) = &report.operations {
        let (student, teacher) = (thousands(operations.student), thousands(operations.teacher));
        rows.push(of("operations of a sample", student, teacher, operations.ratio()));
    }
    if let Some(timing) = &report.timing {
        let (student, teacher) = (seconds(timing.student), seconds(timing.teacher));
        rows.push(of("time of a pass", student, teacher, timing.ratio));
    }
    table(["", "student", "teacher", "teacher / student"], rows)
}
