//! Which temperature?

use super::Advice;
use crate::{
    Softness,
    words::{degrees, percent},
};

/// What a second choice has that is worth learning.
const SECOND_CHOICE: f64 = Softness::REAL_MASS;
/// The share of log C above which targets are nearly even; a rule of thumb.
const EVEN: f64 = 0.9;

pub(super) fn of(softness: &Softness) -> Vec<Advice> {
    let (Some(lowest), Some(highest)) = (softness.points.first(), softness.points.last()) else {
        return Vec::new();
    };
    if softness.classes < 2 {
        return vec![Advice::warning(
            "There is one class alone, and a softmax of it is always 1: there is nothing to soften.",
        )];
    }
    let (wanted, begin) = (percent(SECOND_CHOICE), degrees(lowest.temperature));
    let second = percent(lowest.second);
    let mut advice = vec![match softness.second_choice_temperature(SECOND_CHOICE) {
        Some(temperature) if temperature == lowest.temperature => Advice::note(format!(
            "At T = {begin} the teacher's second choice has {second} on average: the targets are soft as they are, and a higher \
             temperature is not needed for that."
        )),
        Some(temperature) => Advice::suggestion(format!(
            "At T = {begin} the teacher's second choice has {second} on average, and the targets are little more than labels. It has \
             {wanted} at T = {}: begin there, and try temperatures around it.",
            degrees(temperature)
        )),
        None => nowhere(softness),
    }];
    if let Some(temperature) = softness.temperature_of_entropy(EVEN) {
        advice.push(Advice::note(format!(
            "From T = {} on the targets are nearly even over all {} classes (entropy above {} of the most there is): higher is too high.",
            degrees(temperature),
            softness.classes,
            percent(EVEN)
        )));
    } else if highest.beyond < SECOND_CHOICE {
        advice.push(Advice::warning(format!(
            "Even at T = {} all choices but the first have {} together: the teacher's logits are very far apart. Look whether they \
             are logits, and not scaled ones; or standardise them.",
            degrees(highest.temperature),
            percent(highest.beyond)
        )));
    }
    advice
}

fn nowhere(softness: &Softness) -> Advice {
    let best = softness.points.iter().max_by(|a, b| a.second.total_cmp(&b.second));
    let best = best.expect("there is a point");
    let most = format!(
        "At no temperature does the teacher's second choice have {} on average; it has most, {}, at T = {}.",
        percent(SECOND_CHOICE),
        percent(best.second),
        degrees(best.temperature)
    );
    match softness.temperature_beyond(SECOND_CHOICE) {
        Some(temperature) => Advice::suggestion(format!(
            "{most} What is beyond the first choice is spread over many classes; together they have {} at T = {}: begin there.",
            percent(SECOND_CHOICE),
            degrees(temperature)
        )),
        None => Advice::suggestion(format!("{most} Look at higher temperatures with `try_new`.")),
    }
}
