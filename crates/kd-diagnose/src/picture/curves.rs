//! How soft the targets are, against the temperature.

use plotters::{prelude::*, style::text_anchor::HPos};

use super::{
    ink::{BLUE, Canvas, Drawn, FAINT, GREEN, GRID, INK, ORANGE, dashes, line, write},
    svg,
};
use crate::{Softness, SoftnessPoint, words::degrees};

/// The paper, and where the curves are on it.
const SIZE: [i32; 2] = [640, 330];
const LEFT: i32 = 60;
const TOP: i32 = 40;
const WIDTH: i32 = 560;
const HEIGHT: i32 = 230;

/// Entropy, what is beyond the first choice and what the second has, as shares of 1; dashed the temperature at which the second choice has
/// a tenth.
pub(crate) fn softness(softness: &Softness) -> String {
    svg(SIZE[0], SIZE[1], |canvas| paint(canvas, softness))
}

fn paint<'a>(canvas: &Canvas<'a>, softness: &Softness) -> Drawn<'a> {
    let temperatures = || softness.points.iter().map(|point| point.temperature);
    let (low, high) = (
        temperatures().fold(f64::INFINITY, f64::min),
        temperatures().fold(0.0, f64::max),
    );
    let octaves = (high / low).log2();
    let across = |temperature: f64| {
        // Of one temperature there is nothing to spread out.
        let share = if octaves > 0.0 {
            (temperature / low).log2() / octaves
        } else {
            0.5
        };
        LEFT + (f64::from(WIDTH) * share).round() as i32
    };
    let up = |share: f64| TOP + HEIGHT - (f64::from(HEIGHT) * share.clamp(0.0, 1.0)).round() as i32;

    for percent in (0..=100).step_by(25) {
        let height = up(f64::from(percent) / 100.0);
        line(canvas, vec![(LEFT, height), (LEFT + WIDTH, height)], GRID)?;
        write(canvas, &format!("{percent} %"), (LEFT - 8, height), FAINT, HPos::Right)?;
    }
    // Where octaves end, for as many as there is room for.
    for octave in (0..=octaves.floor() as i32).step_by((octaves / 12.0).ceil().max(1.0) as usize) {
        let temperature = low * f64::from(octave).exp2();
        let place = across(temperature);
        line(canvas, vec![(place, TOP), (place, TOP + HEIGHT)], GRID)?;
        write(
            canvas,
            &degrees(temperature),
            (place, TOP + HEIGHT + 14),
            FAINT,
            HPos::Center,
        )?;
    }
    let below = (LEFT + WIDTH / 2, TOP + HEIGHT + 36);
    write(canvas, "temperature", below, INK, HPos::Center)?;
    if let Some(temperature) = softness.second_choice_temperature(Softness::REAL_MASS) {
        let place = across(temperature);
        dashes(canvas, (place, TOP), (place, TOP + HEIGHT))?;
        // Below the curves, which rise to the right.
        let (beside, across) = if place + 70 < LEFT + WIDTH {
            (6, HPos::Left)
        } else {
            (-6, HPos::Right)
        };
        let words = format!("T = {}", degrees(temperature));
        write(canvas, &words, (place + beside, TOP + HEIGHT - 10), INK, across)?;
    }

    type Value<'a> = &'a dyn Fn(&SoftnessPoint) -> f64;
    let curves: [(&str, RGBColor, Value); 3] = [
        ("entropy, of the most there is", BLUE, &|point| {
            softness.entropy_share(point)
        }),
        ("beyond the first choice", GREEN, &|point| point.beyond),
        ("second choice", ORANGE, &|point| point.second),
    ];
    let mut place = LEFT;
    for (name, colour, value) in curves {
        let points = softness.points.iter();
        let points = points
            .map(|point| (across(point.temperature), up(value(point))))
            .collect();
        line(canvas, points, colour.stroke_width(2))?;
        line(canvas, vec![(place, 18), (place + 22, 18)], colour.stroke_width(3))?;
        write(canvas, name, (place + 28, 18), INK, HPos::Left)?;
        place += 46 + 6 * name.chars().count() as i32;
    }
    Ok(())
}
