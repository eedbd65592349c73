//! A value per seed as a dot, a column per group, and a line at each mean: the whole spread, not the best.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::picture::{DrawError, INK, draw, text};
use crate::spread::Spread;

/// Colour of the dots.
const DOT: RGBColor = RGBColor(8, 81, 156);

/// A column of dots.
pub struct Strip {
    /// What stands below it.
    pub name: String,
    /// A dot each.
    pub values: Vec<f64>,
}

/// Draws strips side by side, as SVG; `axis` names the values and begins at `floor`.
///
/// # Errors
///
/// [`DrawError`] when the plotting library refuses.
pub fn strip_plot(title: &str, axis: &str, floor: f64, strips: &[Strip]) -> Result<String, DrawError> {
    let columns = strips.len() as f64;
    let highest = strips
        .iter()
        .flat_map(|strip| &strip.values)
        .copied()
        .fold(floor + 1.0, f64::max);
    draw([150 * strips.len() as i32 + 110, 420], |picture| {
        let mut chart = ChartBuilder::on(picture)
            .caption(title, text(19, INK))
            .margin(14)
            .x_label_area_size(34)
            .y_label_area_size(60)
            .build_cartesian_2d(0.0..columns, floor..floor + (highest - floor) * 1.12)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(WHITE)
            .x_labels(0)
            .y_desc(axis)
            .y_label_formatter(&|value| format!("{value:.0}"))
            .label_style(text(13, INK))
            .draw()?;
        for (column, strip) in strips.iter().enumerate() {
            let middle = column as f64 + 0.5;
            let count = strip.values.len() as f64;
            let dots = strip.values.iter().enumerate().map(|(place, value)| {
                // Next to one another, so that equal values stay two dots.
                let x = middle + 0.3 * ((place as f64 + 0.5) / count - 0.5);
                Circle::new((x, *value), 4, DOT.mix(0.6).filled())
            });
            chart.draw_series(dots)?;
            let Some(Spread { mean, .. }) = Spread::of(strip.values.iter().copied()) else {
                continue;
            };
            let line = PathElement::new([(middle - 0.3, mean), (middle + 0.3, mean)], INK.stroke_width(2));
            chart.draw_series([line])?;
            let below = text(14, INK).pos(Pos::new(HPos::Center, VPos::Top));
            let (x, y) = chart.backend_coord(&(middle, floor));
            picture.draw(&Text::new(strip.name.clone(), (x, y + 10), below))?;
            let beside = text(13, INK).pos(Pos::new(HPos::Left, VPos::Center));
            let (x, y) = chart.backend_coord(&(middle + 0.32, mean));
            picture.draw(&Text::new(format!("{mean:.1}"), (x, y), beside))?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_a_dot_and_every_group_has_a_mean() {
        let strips = [
            Strip {
                name: "teacher".into(),
                values: vec![60.0, 70.0, 80.0],
            },
            Strip {
                name: "student".into(),
                values: vec![140.0, 141.0],
            },
            Strip {
                name: "unfinished".into(),
                values: vec![],
            },
        ];
        let svg = strip_plot("errors", "test errors", 0.0, &strips).unwrap();
        assert_eq!(svg.matches("<circle").count(), 5);
        for words in ["errors", "test errors", "teacher", "student", "70.0", "140.5"] {
            assert!(svg.contains(words), "{words} is missing");
        }
    }
}
