//! What the losses of a step are.

use kd::LossTerms;
use kd_examples::course::Course;

/// Adds a piece's values to those before, each by its name.
pub fn add(losses: &mut Vec<(String, f64)>, terms: &LossTerms) {
    for (name, value) in terms.values() {
        match losses.iter_mut().find(|(known, _)| known == name) {
            Some((_, sum)) => *sum += value,
            None => losses.push((name.to_owned(), value)),
        }
    }
}

/// In a line, for the eye.
pub fn words(losses: &[(String, f64)], course: &Course) -> String {
    let losses: Vec<String> = losses
        .iter()
        .map(|(name, value)| format!("{name} {value:.3}"))
        .collect();
    format!("{}, {:.0} tokens/s", losses.join(" "), course.tokens_per_second())
}
