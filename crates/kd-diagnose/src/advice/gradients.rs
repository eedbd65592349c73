//! Which weight?

use super::Advice;
use crate::{
    GradientReport, TermGradient,
    words::{percent, short, times},
};

/// How many times another a term has to be to drown it; a rule of thumb.
const DROWNS: f64 = 10.0;
/// The cosine below which two terms conflict, or one is being unlearnt. Below 0 they do; the rest is left to chance.
const CONFLICT: f64 = -0.1;

pub(super) fn of(report: &GradientReport) -> Vec<Advice> {
    let mut advice = Vec::new();
    if let Some(first) = report.lost.first() {
        advice.push(Advice::warning(format!(
            "The gradient of '{}' is NaN or infinite in batch {}{}; such batches are in no number of the gradients. Look for a logarithm of \
             0, a length of 0 or half precision.",
            first.term,
            first.batch,
            if report.lost.len() > 1 {
                format!(", and so are {} more", report.lost.len() - 1)
            } else {
                String::new()
            }
        )));
    }
    if report.batches == 0 {
        return advice;
    }
    for term in &report.terms {
        if term.norm == 0.0 {
            advice.push(Advice::warning(format!(
                "'{}' has no gradient: nothing is learnt from it. Was the student's output detached, or does the term look at the teacher \
                 alone?",
                term.name
            )));
        }
    }
    advice.extend(drowned(report));
    advice.extend(unlearnt(report));
    advice.extend(conflicts(report));
    advice
}

fn drowned(report: &GradientReport) -> Option<Advice> {
    let by_size = |a: &&TermGradient, b: &&TermGradient| a.weighted().total_cmp(&b.weighted());
    let largest = report.terms.iter().max_by(by_size)?;
    let is_drowned = |term: &&TermGradient| term.weighted() > 0.0 && DROWNS * term.weighted() < largest.weighted();
    let drowned: Vec<String> = report
        .terms
        .iter()
        .filter(is_drowned)
        .map(|term| {
            let factor = largest.weighted() / term.weighted();
            format!(
                "'{}' ({} smaller; a weight of {} would make it as large)",
                term.name,
                times(factor),
                short(term.weight * factor)
            )
        })
        .collect();
    (!drowned.is_empty()).then(|| {
        Advice::suggestion(format!(
            "'{}' dominates: its weighted gradient drowns {}. If that is not meant, change the weights, and look whether the soft loss is \
             multiplied with T².",
            largest.name,
            drowned.join(" and ")
        ))
    })
}

fn unlearnt(report: &GradientReport) -> Vec<Advice> {
    let mut advice = Vec::new();
    for term in report.terms.iter().filter(|term| term.weight != 0.0) {
        if let Some(along) = term.along
            && along < CONFLICT
        {
            advice.push(Advice::warning(format!(
                "'{}' is being unlearnt: its cosine with all terms together is {}, so steps of training make it worse. Raise its weight, or \
                 lower what stands against it.",
                term.name,
                short(along)
            )));
        }
    }
    advice
}

fn conflicts(report: &GradientReport) -> Vec<Advice> {
    let count = report.terms.len();
    let pairs = (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
    let mut advice = Vec::new();
    for (first, second) in pairs {
        let [one, other] = [first, second].map(|place| &report.terms[place]);
        // What has no weight moves nothing.
        if one.weight == 0.0 || other.weight == 0.0 {
            continue;
        }
        if let Some(cosine) = report.cosine(first, second)
            && cosine < CONFLICT
        {
            advice.push(Advice::suggestion(format!(
                "'{}' and '{}' conflict (cosine {}): to first order, {} of a step on one is taken back by an equally long one on the \
                 other. Look whether both want the same of the student; let one fade out, or give it a projector or a layer of its own.",
                one.name,
                other.name,
                short(cosine),
                percent(-cosine)
            )));
        }
    }
    advice
}
