//! One model: its name and numbers, its bins, and how many samples they have.

use plotters::{prelude::*, style::text_anchor::HPos};

use super::ink::{
    ACCURACY, AXIS, Canvas, Drawn, FAINT, GRID, INK, LETTER, SAMPLES, TOO_MODEST, TOO_SURE, anchored, dashes, fill,
    line, style, upwards, write,
};
use crate::{Calibration, CalibrationBin};

/// Side of the square of accuracy against confidence.
const SIDE: i32 = 250;
/// Room for what stands to its left.
const LEFT: i32 = 48;
/// Room for name and numbers above it.
const ABOVE: i32 = 46;
/// Between the square and the samples below.
const GAP: i32 = 20;
/// Height of the samples.
const SAMPLES_HEIGHT: i32 = 54;
/// Room for what stands below them.
const BELOW: i32 = 64;

pub const WIDTH: i32 = LEFT + SIDE + 14;
pub const HEIGHT: i32 = ABOVE + SIDE + GAP + SAMPLES_HEIGHT + BELOW;
/// Room between two of them.
pub const BETWEEN: i32 = 14;

/// Draws the model with its left upper corner there.
pub fn draw<'a>(canvas: &Canvas<'a>, [left, top]: [i32; 2], name: &str, calibration: &Calibration) -> Drawn<'a> {
    let (left, top) = (left + LEFT, top + ABOVE);
    let middle = left + SIDE / 2;
    let bold = style(15, INK).font.style(FontStyle::Bold);
    let title = TextStyle {
        font: bold,
        ..style(15, INK)
    };
    write(canvas, &shortened(name), (middle, top - 36), title)?;
    write(canvas, &numbers(calibration), (middle, top - 14), style(13, FAINT))?;
    square(canvas, [left, top], calibration)?;
    samples(canvas, [left, top + SIDE + GAP + SAMPLES_HEIGHT], calibration)
}

fn square<'a>(canvas: &Canvas<'a>, [left, top]: [i32; 2], calibration: &Calibration) -> Drawn<'a> {
    let bottom = top + SIDE;
    for percent in (0..=100).step_by(20) {
        let (across, up) = (left + SIDE * percent / 100, bottom - SIDE * percent / 100);
        line(canvas, (across, top), (across, bottom), GRID)?;
        line(canvas, (left, up), (left + SIDE, up), GRID)?;
        let words = percent.to_string();
        write(canvas, &words, (left - 7, up), anchored(12, FAINT, HPos::Right))?;
    }
    for bin in calibration.bins() {
        bar(canvas, [left, bottom], &bin)?;
    }
    frame(canvas, [left, top], SIDE)?;
    dashes(canvas, (left, bottom), (left + SIDE, top), INK.stroke_width(1))?;
    write(canvas, "accuracy (%)", (left - 38, top + SIDE / 2), upwards(13, INK))
}

/// As high as the accuracy; from there to the confidence in the colour of the mistake.
fn bar<'a>(canvas: &Canvas<'a>, [left, bottom]: [i32; 2], bin: &CalibrationBin) -> Drawn<'a> {
    let (Some(accuracy), Some(confidence)) = (bin.accuracy, bin.confidence) else {
        return Ok(());
    };
    if accuracy.is_nan() || confidence.is_nan() {
        return Ok(());
    }
    let (from, to) = sides(left, bin);
    let height = |share: f64| bottom - pixels(share);
    let (right, sure) = (height(accuracy), height(confidence));
    fill(canvas, (from, right.max(sure)), (to, bottom), ACCURACY)?;
    if accuracy < confidence {
        fill(canvas, (from, sure), (to, right), TOO_SURE)?;
    } else {
        fill(canvas, (from, right), (to, sure), TOO_MODEST)?;
    }
    // The accuracy, also where it is 0 and there is no bar.
    line(canvas, (from, right), (to, right), ACCURACY.stroke_width(2))
}

fn samples<'a>(canvas: &Canvas<'a>, [left, bottom]: [i32; 2], calibration: &Calibration) -> Drawn<'a> {
    let top = bottom - SAMPLES_HEIGHT;
    let most = calibration.bins().map(|bin| bin.samples).max().unwrap_or(0);
    // Whoever has nothing has nothing to be divided by.
    let height = |samples: u64| (SAMPLES_HEIGHT as f64 * samples as f64 / most.max(1) as f64).round() as i32;
    for bin in calibration.bins() {
        let (from, to) = sides(left, &bin);
        // A single sample among many is still seen.
        let up = height(bin.samples).max(i32::from(bin.samples > 0));
        fill(canvas, (from, bottom - up), (to, bottom), SAMPLES)?;
    }
    line(canvas, (left, bottom), (left + SIDE, bottom), AXIS)?;
    for percent in (0..=100).step_by(20) {
        let across = left + SIDE * percent / 100;
        line(canvas, (across, bottom), (across, bottom + 4), AXIS)?;
        write(canvas, &percent.to_string(), (across, bottom + 13), style(12, FAINT))?;
    }
    if most > 0 {
        let largest = format!("{:.0}", 100.0 * most as f64 / calibration.samples() as f64);
        line(canvas, (left, top), (left, bottom), AXIS)?;
        line(canvas, (left - 4, top), (left, top), AXIS)?;
        write(canvas, &largest, (left - 7, top), anchored(12, FAINT, HPos::Right))?;
        write(canvas, "0", (left - 7, bottom), anchored(12, FAINT, HPos::Right))?;
    }
    let beside = (left - 38, (top + bottom) / 2);
    write(canvas, "share (%)", beside, upwards(13, INK))?;
    write(canvas, "confidence (%)", (left + SIDE / 2, bottom + 32), style(13, INK))
}

fn frame<'a>(canvas: &Canvas<'a>, [left, top]: [i32; 2], side: i32) -> Drawn<'a> {
    let corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)];
    let corners = corners.map(|(x, y)| (left + x, top + y));
    canvas.draw(&PathElement::new(corners, AXIS))
}

/// Where a bin begins and ends; bins that are wide enough leave some paper between them.
fn sides(left: i32, bin: &CalibrationBin) -> (i32, i32) {
    let (from, to) = (left + pixels(bin.low), left + pixels(bin.high));
    let paper = i32::from(to - from >= 6);
    (from + paper, to - paper)
}

fn pixels(share: f64) -> i32 {
    (f64::from(SIDE) * share).round() as i32
}

fn numbers(calibration: &Calibration) -> String {
    if calibration.samples() == 0 {
        return "no samples".into();
    }
    let percent = |value: Option<f64>| match value {
        Some(value) if value.is_finite() => format!("{:.1} %", 100.0 * value),
        _ => "NaN".into(),
    };
    format!(
        "accuracy {} · ECE {} · MCE {}",
        percent(calibration.accuracy()),
        percent(calibration.expected_error()),
        percent(calibration.maximum_error())
    )
}

/// As much of a name as there is room for.
fn shortened(name: &str) -> String {
    let room = (WIDTH / (LETTER + 2)) as usize;
    if name.chars().count() <= room {
        return name.into();
    }
    let begin: String = name.chars().take(room - 1).collect();
    format!("{begin}…")
}
