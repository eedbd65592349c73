//! Square tables of shares as pictures: the darker, the more.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::picture::{DrawError, INK, PAPER, Svg, draw, text};

/// Side of a cell, pixels.
const CELL: i32 = 48;
/// Room above and to the left of the cells for names, pixels.
const MARGIN: i32 = 74;
/// Room for the picture's title, pixels.
const TITLE: i32 = 62;

/// Shares smaller than the largest by more powers of ten than this look alike.
const DECADES: f64 = 3.0;

/// A square table of shares with its diagonal left out.
pub struct HeatMap {
    /// What stands above it.
    pub title: String,
    /// Share of the column in the row; each row sums to 1.
    pub shares: Vec<Vec<f64>>,
}

/// Draws heat maps side by side, as SVG. Rows and columns are called 0, 1, 2, …
///
/// Within a map the colour goes with the logarithm of the share, up to the map's largest off the diagonal and down to its
/// smallest or a thousandth of the largest: shares of one in ten thousand and one in a hundred, both white to the eye
/// otherwise, are told apart. The diagonal is grey and only its number counts.
///
/// # Errors
///
/// [`DrawError`] when the plotting library refuses.
pub fn heat_maps(title: &str, [rows, columns]: [&str; 2], maps: &[HeatMap]) -> Result<String, DrawError> {
    let side = |map: &HeatMap| MARGIN + CELL * map.shares.len() as i32 + 20;
    let width = maps.iter().map(side).sum::<i32>() + 10;
    let height = maps.iter().map(side).max().unwrap_or(0) + TITLE + 14;
    draw([width, height], |picture| {
        picture.draw(&Text::new(
            title.to_string(),
            (width / 2, 22),
            text(19, INK).pos(Pos::new(HPos::Center, VPos::Center)),
        ))?;
        let mut left = 0;
        for map in maps {
            draw_map(picture, (left, TITLE), map, [rows, columns])?;
            left += side(map);
        }
        Ok(())
    })
}

fn draw_map(
    picture: &DrawingArea<Svg<'_>, Shift>,
    (left, top): (i32, i32),
    map: &HeatMap,
    [rows, columns]: [&str; 2],
) -> Result<(), DrawError> {
    let centred = Pos::new(HPos::Center, VPos::Center);
    let side = CELL * map.shares.len() as i32;
    let (x0, y0) = (left + MARGIN, top + MARGIN);
    let words = |words: &str, at, size, pos| Text::new(words.to_string(), at, text(size, INK).pos(pos));
    picture.draw(&words(&map.title, (x0 + side / 2, top + 8), 17, centred))?;
    picture.draw(&words(columns, (x0 + side / 2, top + 34), 14, centred))?;
    let sideways = text(14, INK).transform(FontTransform::Rotate270).pos(centred);
    picture.draw(&Text::new(rows.to_string(), (left + 24, y0 + side / 2), sideways))?;

    let scale = Scale::of(&map.shares);
    for (row, shares) in map.shares.iter().enumerate() {
        let y = y0 + CELL * row as i32;
        picture.draw(&words(&row.to_string(), (x0 - 16, y + CELL / 2), 15, centred))?;
        picture.draw(&words(
            &row.to_string(),
            (x0 + CELL * row as i32 + CELL / 2, y0 - 16),
            15,
            centred,
        ))?;
        for (column, share) in shares.iter().enumerate() {
            let x = x0 + CELL * column as i32;
            let depth = scale.depth(*share);
            let (colour, ink) = match (row == column, depth > 0.55) {
                (true, _) => (RGBColor(225, 225, 225), INK),
                (false, dark) => (shade(depth), if dark { PAPER } else { INK }),
            };
            picture.draw(&Rectangle::new([(x, y), (x + CELL - 2, y + CELL - 2)], colour.filled()))?;
            let middle = (x + CELL / 2 - 1, y + CELL / 2 - 1);
            picture.draw(&Text::new(percent(*share), middle, text(12, ink).pos(centred)))?;
        }
    }
    Ok(())
}

/// Where a share lies on the map's logarithmic scale.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(shares: &[Vec<f64>]) -> Self {
        let rows = shares.iter().enumerate();
        let cells = rows.flat_map(|(row, cells)| cells.iter().enumerate().filter(move |(column, _)| *column != row));
        let logs = cells.filter(|(_, share)| **share > 0.0).map(|(_, share)| share.ln());
        let (low, high) = logs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), log| {
            (low.min(log), high.max(log))
        });
        // Beyond three decades all is next to nothing, and would only leave fewer shades for the rest.
        Self {
            low: low.max(high - DECADES * std::f64::consts::LN_10),
            high,
        }
    }

    fn depth(&self, share: f64) -> f64 {
        if self.high <= self.low || share <= 0.0 {
            return 0.0;
        }
        ((share.ln() - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// From nearly white to dark blue.
fn shade(depth: f64) -> RGBColor {
    let between = |light: f64, dark: f64| (light + (dark - light) * depth).round() as u8;
    RGBColor(between(247.0, 8.0), between(251.0, 64.0), between(255.0, 129.0))
}

/// Percent with two significant digits where they fit.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        _ if percent >= 99.95 => format!("{percent:.0}"),
        _ if percent >= 9.995 => format!("{percent:.1}"),
        _ if percent >= 0.0995 => format!("{percent:.2}"),
        _ if percent >= 0.000_95 => format!("{percent:.3}"),
        _ => "<.001".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_and_name_is_there() {
        let map = HeatMap {
            title: "T = 1".into(),
            shares: vec![vec![0.9, 0.1], vec![0.25, 0.75]],
        };
        let svg = heat_maps("both", ["true", "seen"], &[map]).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        for words in ["both", "T = 1", "true", "seen", "90.0", "10.0", "25.0", "75.0"] {
            assert!(svg.contains(words), "{words} is missing");
        }
    }

    #[test]
    fn the_scale_is_logarithmic_and_leaves_the_diagonal_out() {
        let scale = Scale::of(&[vec![0.989, 0.001, 0.01], vec![0.1, 0.8, 0.1], vec![0.1, 0.1, 0.8]]);
        assert!((scale.depth(0.001), scale.depth(0.1)) == (0.0, 1.0));
        assert!((scale.depth(0.01) - 0.5).abs() < 1e-9);
        assert_eq!((scale.depth(0.0), scale.depth(0.9)), (0.0, 1.0));
        let wide = Scale::of(&[vec![0.9, 0.1], vec![1e-9, 0.9]]);
        assert!((wide.depth(1e-3) - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn percentages_fit_their_cell() {
        let shown = [1.0, 0.9989, 0.1234, 0.012345, 0.000123, 1e-9].map(percent);
        assert_eq!(shown, ["100", "99.9", "12.3", "1.23", "0.012", "<.001"]);
    }
}
