//! Which temperature?

use super::Advice;
use crate::{
    Softness,
    words::{degrees, percent},
};

/// What a second choice has that is worth learning.
const SECOND_CHOICE: f64 = Softness::REAL_MASS;
/// So many times the temperature of the mean that of the median may be. Beyond it is news, for half and twice a temperature are tried
/// anyway; a rule of thumb.
const FEW: f64 = 1.5;
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
    let median = softness.median_temperature();
    // Among many classes the median may have it nowhere, for at the highest temperatures all of them have the same.
    let is_of_few = |mean: f64| match median {
        Some(median) => median > FEW * mean,
        None => softness.temperature_of_entropy(EVEN).is_none(),
    };
    let mut advice = vec![match softness.second_choice_temperature(SECOND_CHOICE) {
        Some(mean) if is_of_few(mean) => of_few(softness, mean, median),
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

/// Where the mean is about few samples, and all the others would be taught little more than labels.
fn of_few(softness: &Softness, mean: f64, median: Option<f64>) -> Advice {
    let (few, mass) = (softness.soft_at(mean), percent(SECOND_CHOICE));
    let begin = match median {
        Some(median) => format!(
            "Half of all samples have it at T = {}: begin there, and try lower temperatures.",
            degrees(median)
        ),
        None => "Half of all samples have it at none of these temperatures: look at higher ones with `try_new`.".into(),
    };
    Advice::suggestion(format!(
        "The teacher's second choice has {mass} or more on average at T = {}, but that is the doing of few samples: {} of them have as much \
         there, and on the others the targets are little more than labels. {begin}",
        degrees(mean),
        percent(few)
    ))
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
