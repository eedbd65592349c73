//! Colours and words.

use plotters::{
    coord::Shift,
    element::DashedPathElement,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

/// About what a letter of size 14 takes.
pub const LETTER: i32 = 7;

pub const INK: RGBColor = RGBColor(30, 30, 30);
pub const FAINT: RGBColor = RGBColor(110, 110, 110);
pub const GRID: RGBColor = RGBColor(232, 232, 232);
pub const AXIS: RGBColor = RGBColor(150, 150, 150);
/// How often it is right.
pub const ACCURACY: RGBColor = RGBColor(66, 122, 178);
/// Of confidence without accuracy.
pub const TOO_SURE: RGBColor = RGBColor(244, 177, 131);
/// Of accuracy without confidence.
pub const TOO_MODEST: RGBColor = RGBColor(150, 206, 168);
/// How many there are.
pub const SAMPLES: RGBColor = RGBColor(176, 182, 190);

pub type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

pub fn write<'a>(canvas: &Canvas<'a>, words: &str, at: (i32, i32), style: TextStyle) -> Drawn<'a> {
    canvas.draw(&Text::new(words, at, style))
}

/// Centred both ways.
pub fn style(size: i32, ink: RGBColor) -> TextStyle<'static> {
    anchored(size, ink, HPos::Center)
}

pub fn anchored(size: i32, ink: RGBColor, across: HPos) -> TextStyle<'static> {
    let style = ("sans-serif", size).into_font().color(&ink);
    style.pos(Pos::new(across, VPos::Center))
}

/// From below to above, centred both ways.
pub fn upwards(size: i32, ink: RGBColor) -> TextStyle<'static> {
    style(size, ink).transform(FontTransform::Rotate270)
}

/// A rectangle, from its left upper corner to its right lower one; of no height there is none.
pub fn fill<'a>(canvas: &Canvas<'a>, from: (i32, i32), to: (i32, i32), colour: RGBColor) -> Drawn<'a> {
    if to.0 <= from.0 || to.1 <= from.1 {
        return Ok(());
    }
    canvas.draw(&Rectangle::new([from, to], colour.filled()))
}

pub fn line<'a>(canvas: &Canvas<'a>, from: (i32, i32), to: (i32, i32), style: impl Into<ShapeStyle>) -> Drawn<'a> {
    canvas.draw(&PathElement::new([from, to], style))
}

/// A straight line of dashes.
pub fn dashes<'a>(canvas: &Canvas<'a>, from: (i32, i32), to: (i32, i32), style: impl Into<ShapeStyle>) -> Drawn<'a> {
    canvas.draw(&DashedPathElement::new([from, to], 5, 4, style))
}
