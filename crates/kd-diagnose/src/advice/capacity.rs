//! Which student?

use kd_core::thousands;

use super::Advice;
use crate::{CapacityReport, words::times};

/// The part of what it should gain below which a student is slow; a rule of thumb.
const SLOW: f64 = 0.5;

pub(super) fn of(report: &CapacityReport) -> Vec<Advice> {
    let mut advice = Vec::new();
    let ratio = report.ratio();
    if !ratio.is_finite() {
        advice.push(Advice::warning("The student has no parameters: nothing can be learnt."));
        return advice;
    }
    if let Some(warning) = report.parameters.warning() {
        advice.push(if ratio < 1.0 {
            Advice::warning(warning)
        } else {
            Advice::suggestion(warning)
        });
    }
    if let Some(chain) = report.chain() {
        let sizes: Vec<String> = chain.stages().iter().map(|&size| thousands(size)).collect();
        advice.push(Advice::suggestion(format!(
            "A chain in which none is more than 5 times the next: {} parameters. Each of those between costs a training; try one first.",
            sizes.join(" → ")
        )));
    }
    if let Some(timing) = &report.timing {
        let lighter = report.operations.map_or(ratio, |operations| operations.ratio());
        if lighter > 1.0 && timing.ratio < SLOW * lighter {
            advice.push(Advice::suggestion(format!(
                "The student is {} lighter and the teacher takes only {} as long: on small batches the number of layers, and not their width, is what takes time. \
                 Measure with the batch of later use, or make the student shallower.",
                times(lighter),
                times(timing.ratio)
            )));
        }
    }
    advice
}
