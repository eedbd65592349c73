//! What the colours mean.

use plotters::{prelude::*, style::text_anchor::HPos};

use super::ink::{ACCURACY, Canvas, Drawn, INK, TOO_MODEST, TOO_SURE, anchored, dashes, fill, write};

pub const HEIGHT: i32 = 30;
pub const WIDTH: i32 = COLUMNS[0] + COLUMNS[1] + COLUMNS[2] + COLUMNS[3];

/// What each entry takes.
const COLUMNS: [i32; 4] = [84, 114, 122, 148];
/// Side of a patch of colour.
const PATCH: i32 = 12;

/// In one line around this height, from this left.
pub fn draw<'a>(canvas: &Canvas<'a>, [left, middle]: [i32; 2]) -> Drawn<'a> {
    let mut left = left;
    let patches = [
        ("accuracy", ACCURACY),
        ("overconfident", TOO_SURE),
        ("underconfident", TOO_MODEST),
    ];
    for ((words, colour), column) in patches.into_iter().zip(COLUMNS) {
        let top = middle - PATCH / 2;
        fill(canvas, (left, top), (left + PATCH, top + PATCH), colour)?;
        write(canvas, words, (left + PATCH + 5, middle), anchored(13, INK, HPos::Left))?;
        left += column;
    }
    dashes(canvas, (left, middle), (left + 20, middle), INK.stroke_width(1))?;
    write(
        canvas,
        "perfectly calibrated",
        (left + 25, middle),
        anchored(13, INK, HPos::Left),
    )
}
