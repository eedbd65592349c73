//! What the pictures of a search share.

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::{Axis, Outcome, Point, Tuned};

/// About what a letter takes.
pub(crate) const LETTER: i32 = 8;
/// Room around everything.
pub(crate) const EDGE: i32 = 16;
/// Of words and numbers.
pub(crate) const INK: RGBColor = RGBColor(30, 30, 30);
/// Of the point that was chosen.
pub(crate) const CHOSEN: RGBColor = RGBColor(214, 90, 20);

pub(crate) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(crate) type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// Paints on white, on a paper that is as wide as its title at least, which stands in its middle.
pub(crate) fn svg([width, height]: [i32; 2], title: &str, paint: impl for<'a> Fn(&Canvas<'a>) -> Drawn<'a>) -> String {
    let width = width.max(2 * EDGE + (LETTER + 2) * title.chars().count() as i32);
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
        canvas
            .fill(&WHITE)
            .and_then(|()| write(&canvas, title, (width / 2, EDGE), style(18, HPos::Center)))
            .and_then(|()| paint(&canvas))
            .and_then(|()| canvas.present())
            .expect("writing into a string does not fail");
    }
    svg
}

pub(crate) fn write<'a>(canvas: &Canvas<'a>, words: &str, at: (i32, i32), style: TextStyle) -> Drawn<'a> {
    canvas.draw(&Text::new(words, at, style))
}

pub(crate) fn style(size: i32, across: HPos) -> TextStyle<'static> {
    let style = ("sans-serif", size).into_font().color(&INK);
    style.pos(Pos::new(across, VPos::Center))
}

/// The axis of this name.
#[track_caller]
pub(crate) fn axis<'a>(tuned: &'a Tuned, name: &str) -> &'a Axis {
    let found = tuned.grid().axes().iter().find(|axis| axis.name() == name);
    found.unwrap_or_else(|| panic!("Tuned: there is no axis '{name}'; the grid is {}", tuned.grid()))
}

/// The best outcome at the first budget, which every point gets, of the points that are meant.
pub(crate) fn best_of(tuned: &Tuned, is_meant: impl Fn(&Point) -> bool) -> Option<Outcome> {
    let points = tuned.grid().points().enumerate().filter(|(_, point)| is_meant(point));
    let outcomes = points.filter_map(|(index, _)| tuned.outcome(0, index));
    outcomes.min_by(|left, right| tuned.goal().compare(left.mean(), right.mean()))
}
