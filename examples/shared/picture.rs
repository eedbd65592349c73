//! What all pictures have in common: ink, paper, and a way to an SVG.

use plotters::coord::Shift;
use plotters::prelude::*;
use thiserror::Error;

/// The plotting library's SVG.
pub type Svg<'a> = SVGBackend<'a>;

/// Colour of what is drawn.
pub const INK: RGBColor = RGBColor(30, 30, 30);
/// Colour of what it is drawn on.
pub const PAPER: RGBColor = WHITE;

/// The plotting library refused to draw.
#[derive(Debug, Error)]
#[error("cannot draw the picture: {0}")]
pub struct DrawError(String);

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for DrawError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self(error.to_string())
    }
}

/// Draws an SVG of this width and height, in pixels, on white.
///
/// # Errors
///
/// [`DrawError`] when the plotting library refuses.
pub fn draw(
    [width, height]: [i32; 2],
    paint: impl FnOnce(&DrawingArea<Svg<'_>, Shift>) -> Result<(), DrawError>,
) -> Result<String, DrawError> {
    let mut svg = String::new();
    {
        let picture = SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
        picture.fill(&PAPER)?;
        paint(&picture)?;
        picture.present()?;
    }
    Ok(svg)
}

/// Text of this size and colour.
pub fn text(size: i32, colour: RGBColor) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour)
}
