//! Shares with names.

use plotters::{prelude::*, style::text_anchor::HPos};

use super::{
    ink::{BLUE, Canvas, Drawn, FAINT, INK, ORANGE, write},
    svg,
};
use crate::{ClassAgreement, GradientReport, words::percent};

/// Height of a bar and the paper around it.
const ROW: i32 = 24;
/// Room for what stands above the bars.
const ABOVE: i32 = 34;
/// Room for the names, and length of a bar of 1.
const NAMES: i32 = 150;
const LENGTH: i32 = 380;
/// As many letters of a name as there is room for.
const LETTERS: usize = 20;

struct Bar {
    name: String,
    share: f64,
    colour: RGBColor,
}

/// How often the student follows, in each of these classes.
pub(crate) fn classes(classes: &[(usize, &ClassAgreement)]) -> String {
    let bar = |(class, counts): &(usize, &ClassAgreement)| Bar {
        name: format!("class {class}"),
        share: counts.agreement().unwrap_or_default(),
        colour: BLUE,
    };
    bars(
        "how often the student follows its teacher",
        classes.iter().map(bar).collect(),
    )
}

/// What each term has of all weighted gradients; orange where it is unlearnt.
pub(crate) fn gradients(report: &GradientReport) -> String {
    let bars_of = report.terms.iter().zip(report.shares()).map(|(term, share)| Bar {
        name: term.name.clone(),
        share,
        colour: if term.along.is_some_and(|along| along < 0.0) {
            ORANGE
        } else {
            BLUE
        },
    });
    bars("share of the weighted gradients' norms", bars_of.collect())
}

fn bars(title: &str, bars: Vec<Bar>) -> String {
    let height = ABOVE + ROW * bars.len() as i32 + 10;
    svg(NAMES + LENGTH + 80, height, |canvas| paint(canvas, title, &bars))
}

fn paint<'a>(canvas: &Canvas<'a>, title: &str, bars: &[Bar]) -> Drawn<'a> {
    write(canvas, title, (NAMES, 16), FAINT, HPos::Left)?;
    for (row, bar) in bars.iter().enumerate() {
        let top = ABOVE + ROW * row as i32;
        let middle = top + ROW / 2;
        // A small share among large ones is still seen.
        let length = ((f64::from(LENGTH) * bar.share).round() as i32).max(i32::from(bar.share > 0.0));
        write(canvas, &shortened(&bar.name), (NAMES - 8, middle), INK, HPos::Right)?;
        if length > 0 {
            let corners = [(NAMES, top + 3), (NAMES + length, top + ROW - 3)];
            canvas.draw(&Rectangle::new(corners, bar.colour.filled()))?;
        }
        write(
            canvas,
            &percent(bar.share),
            (NAMES + length + 8, middle),
            FAINT,
            HPos::Left,
        )?;
    }
    Ok(())
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.into();
    }
    let begin: String = name.chars().take(LETTERS - 1).collect();
    format!("{begin}…")
}
