//! Colours, words and lines.

use plotters::{
    coord::Shift,
    element::DashedPathElement,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

pub const INK: RGBColor = RGBColor(30, 30, 30);
pub const FAINT: RGBColor = RGBColor(110, 110, 110);
pub const GRID: RGBColor = RGBColor(232, 232, 232);
pub const BLUE: RGBColor = RGBColor(66, 122, 178);
pub const ORANGE: RGBColor = RGBColor(214, 90, 20);
pub const GREEN: RGBColor = RGBColor(70, 150, 95);

pub type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// Words beside, before or around a place, centred upwards.
pub fn write<'a>(canvas: &Canvas<'a>, words: &str, at: (i32, i32), ink: RGBColor, across: HPos) -> Drawn<'a> {
    let style = ("sans-serif", 13).into_font().color(&ink);
    canvas.draw(&Text::new(words, at, style.pos(Pos::new(across, VPos::Center))))
}

pub fn line<'a>(canvas: &Canvas<'a>, points: Vec<(i32, i32)>, style: impl Into<ShapeStyle>) -> Drawn<'a> {
    canvas.draw(&PathElement::new(points, style))
}

pub fn dashes<'a>(canvas: &Canvas<'a>, from: (i32, i32), to: (i32, i32)) -> Drawn<'a> {
    canvas.draw(&DashedPathElement::new([from, to], 5, 4, INK.stroke_width(1)))
}
