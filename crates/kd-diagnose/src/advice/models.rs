//! Which samples, and are student and teacher good and honest?

use std::f64::consts::FRAC_2_PI;

use super::Advice;
use crate::{
    ModelReport, Report,
    words::{percent, short},
};

/// Of so many samples the standard error of a share is up to 5 points.
const FEW: u64 = 100;
/// A calibration error to speak of; a rule of thumb.
const DISHONEST: f64 = 0.05;

/// What the numbers are of.
pub(super) fn samples(report: &Report) -> Vec<Advice> {
    let mut advice = Vec::new();
    if report.lost.samples > 0 {
        advice.push(Advice::warning(format!(
            "{} of {} samples are in none of these numbers, since their logits have no softmax (NaN, +∞, or nothing but −∞): {}. Find \
             out where they cease to be numbers before anything is learnt from them.",
            report.lost.samples,
            report.lost.samples + report.samples,
            report.lost
        )));
    }
    if report.samples == 0 {
        advice.push(Advice::warning("There are no samples to say anything of."));
    } else if report.samples < FEW {
        advice.push(Advice::note(format!(
            "There are {} samples; of fewer than {FEW} a share can be off by more than 5 points.",
            report.samples
        )));
    }
    if report.samples > 0 && report.labelled == 0 {
        advice.push(Advice::note(
            "There are no labels, so accuracy, likelihood and calibration are left out.",
        ));
    } else if report.labelled < report.samples {
        advice.push(Advice::note(format!(
            "Accuracy, likelihood and calibration are of the {} samples with labels, of {}.",
            report.labelled, report.samples
        )));
    }
    advice
}

pub(super) fn of(report: &Report) -> Vec<Advice> {
    let mut advice = Vec::new();
    if let Some(agreement) = &report.agreement
        && agreement.kl.is_infinite()
    {
        advice.push(Advice::warning(
            "The student rules out (−∞) what the teacher finds possible, and its divergence is infinite. Pad both vocabularies alike.",
        ));
    }
    let (Some(student), Some(teacher)) = (&report.student, &report.teacher) else {
        return advice;
    };
    let (of_student, of_teacher) = (student.scores.accuracy, teacher.scores.accuracy);
    let samples = report.labelled as f64;
    let error = |share: f64| share * (1.0 - share) / samples;
    let chance = 1.0 / report.by_class.len() as f64;
    // Of both as if they were equally good: by itself, what is right on all of three samples has no error at all.
    let apart = 2.0 * (2.0 * error((of_student + of_teacher) / 2.0)).sqrt();
    if report.by_class.len() > 1 && of_teacher < chance - 2.0 * error(chance).sqrt() {
        advice.push(Advice::warning(format!(
            "The teacher is right on {}, less than by guessing one of {} classes: are its classes in the order of the labels?",
            percent(of_teacher),
            report.by_class.len()
        )));
    } else if of_student - of_teacher > apart {
        advice.push(Advice::warning(format!(
            "The student ({}) is better than its teacher ({}) on these samples: are they given as (student, teacher)? Is the teacher out \
             of training mode, and are the inputs those it was trained on?",
            percent(of_student),
            percent(of_teacher)
        )));
    } else if (of_teacher - of_student).abs() <= apart {
        advice.push(Advice::note(format!(
            "Teacher ({}) and student ({}) cannot be told apart by accuracy on these samples: there is little to gain in it, or too few \
             samples to see it.",
            percent(of_teacher),
            percent(of_student)
        )));
    }
    advice.extend(honesty("teacher", teacher));
    advice.extend(honesty("student", student));
    advice
}

fn honesty(name: &str, model: &ModelReport) -> Option<Advice> {
    let error = model.scores.ece;
    if error <= DISHONEST || error <= 2.0 * by_chance(model) {
        return None;
    }
    let (confidence, accuracy) = (model.calibration.confidence()?, model.calibration.accuracy()?);
    // What is as often above as below has no temperature that mends it.
    if (confidence - accuracy).abs() < error / 2.0 {
        return Some(Advice::suggestion(format!(
            "The {name} is too sure in some bins and too modest in others (ECE {}), which no temperature mends: look at the reliability \
             diagram.",
            short(error)
        )));
    }
    let (how, where_to) = if confidence > accuracy {
        ("too sure", "above")
    } else {
        ("too modest", "below")
    };
    Some(Advice::suggestion(format!(
        "The {name} is {how}: it says {} and is right on {} (ECE {}). `best_temperature` of kd-metrics finds the temperature, {where_to} 1, \
         at which it is honest.",
        percent(confidence),
        percent(accuracy),
        short(error)
    )))
}

/// The ECE to be expected of a model that is honest in each bin: the mean distance of a share from what it is a sample of.
fn by_chance(model: &ModelReport) -> f64 {
    let spread = |samples: u64, confidence: f64| (samples as f64 * confidence * (1.0 - confidence)).max(0.0).sqrt();
    let bins = model.calibration.bins();
    let sum: f64 = bins.filter_map(|bin| Some(spread(bin.samples, bin.confidence?))).sum();
    FRAC_2_PI.sqrt() * sum / model.calibration.samples() as f64
}
