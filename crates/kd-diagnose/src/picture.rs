//! Pictures, as SVG. They need no font: whoever shows them has one.

mod bars;
mod curves;
mod ink;

pub(crate) use bars::{classes, gradients};
pub(crate) use curves::softness;

use ink::{Canvas, Drawn};
use plotters::prelude::*;

/// Paints on white.
fn svg(width: i32, height: i32, paint: impl for<'a> Fn(&Canvas<'a>) -> Drawn<'a>) -> String {
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
        canvas
            .fill(&WHITE)
            .and_then(|()| paint(&canvas))
            .and_then(|()| canvas.present())
            .expect("writing into a string does not fail");
    }
    svg
}
