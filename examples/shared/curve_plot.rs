//! What one number does to another: a line through points for each group.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::picture::{DrawError, INK, PAPER, draw, text};

/// Colours of the lines, told apart by those who see few colours as well.
const COLOURS: [RGBColor; 3] = [RGBColor(213, 94, 0), RGBColor(0, 90, 160), RGBColor(0, 130, 95)];

/// Room for a letter beside a point, pixels.
const WIDE: i32 = 8;
/// Room for a line of letters, pixels.
const HIGH: i32 = 14;

/// A line through points.
pub struct Curve {
    /// What it is called.
    pub name: String,
    /// Its points, from left to right, each with the words beside it, where there is room.
    pub points: Vec<(f64, f64, String)>,
}

/// Draws curves into one picture, as SVG; `axes` names what goes to the right and what goes up.
///
/// # Errors
///
/// [`DrawError`] when the plotting library refuses.
pub fn curve_plot(title: &str, axes: [&str; 2], curves: &[Curve]) -> Result<String, DrawError> {
    let across = range(curves, |point| point.0);
    let up = range(curves, |point| point.1);
    draw([760, 480], |picture| {
        let mut chart = ChartBuilder::on(picture)
            .caption(title, text(19, INK))
            .margin(16)
            .x_label_area_size(48)
            .y_label_area_size(60)
            .build_cartesian_2d(across, up)?;
        chart
            .configure_mesh()
            .light_line_style(PAPER)
            .bold_line_style(INK.mix(0.1))
            .x_desc(axes[0])
            .y_desc(axes[1])
            .label_style(text(13, INK))
            .axis_desc_style(text(14, INK))
            .draw()?;
        let mut written = Vec::new();
        for (number, curve) in curves.iter().enumerate() {
            let colour = COLOURS[number % COLOURS.len()];
            let line: Vec<(f64, f64)> = curve.points.iter().map(|(x, y, _)| (*x, *y)).collect();
            chart
                .draw_series([PathElement::new(line.clone(), colour.stroke_width(2))])?
                .label(curve.name.as_str())
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(2)));
            chart.draw_series(line.into_iter().map(|point| Circle::new(point, 4, colour.filled())))?;
            // The first curve's words stand above to the right, the second's below to the left, and so keep off curves
            // that fall. Words that would stand on others are left out.
            let (horizontal, vertical, away) = match number % 2 {
                0 => (HPos::Left, VPos::Bottom, (5, -4)),
                _ => (HPos::Right, VPos::Top, (-5, 4)),
            };
            let beside = text(12, colour).pos(Pos::new(horizontal, vertical));
            for (x, y, words) in &curve.points {
                let (x, y) = chart.backend_coord(&(*x, *y));
                let at = (x + away.0, y + away.1);
                let size = (WIDE * words.chars().count() as i32, HIGH);
                let corner = match number % 2 {
                    0 => (at.0, at.1 - size.1),
                    _ => (at.0 - size.0, at.1),
                };
                if !written.iter().any(|other| overlap(*other, (corner, size))) {
                    picture.draw(&Text::new(words.clone(), at, beside.clone()))?;
                    written.push((corner, size));
                }
            }
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(PAPER)
            .border_style(INK.mix(0.2))
            .label_font(text(14, INK))
            .draw()?;
        Ok(())
    })
}

/// Upper left corner, and width and height.
type Area = ((i32, i32), (i32, i32));

fn overlap((one, one_size): Area, (two, two_size): Area) -> bool {
    let along = |one: i32, one_size: i32, two: i32, two_size: i32| one < two + two_size && two < one + one_size;
    along(one.0, one_size.0, two.0, two_size.0) && along(one.1, one_size.1, two.1, two_size.1)
}

/// From the smallest to the largest, with some room on both sides.
fn range(curves: &[Curve], value: impl Fn(&(f64, f64, String)) -> f64) -> std::ops::Range<f64> {
    let values = curves.iter().flat_map(|curve| &curve.points).map(value);
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    match high - low {
        room if room > 0.0 => low - 0.06 * room..high + 0.1 * room,
        0.0 => low - 1.0..high + 1.0,
        _ => 0.0..1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(name: &str, points: &[(f64, f64)]) -> Curve {
        Curve {
            name: name.into(),
            points: points.iter().map(|(x, y)| (*x, *y, format!("at {x}"))).collect(),
        }
    }

    #[test]
    fn every_curve_has_a_name_and_every_point_a_dot() {
        let curves = [curve("one", &[(1.0, 3.0), (2.0, 2.0)]), curve("two", &[(1.5, 2.5)])];
        let svg = curve_plot("costs", ["price", "worth"], &curves).unwrap();
        assert_eq!(svg.matches("<circle").count(), 3);
        for words in ["costs", "price", "worth", "one", "two", "at 1.5"] {
            assert!(svg.contains(words), "{words} is missing");
        }
    }

    #[test]
    fn no_words_stand_on_others() {
        let near = [(1.0, 2.0), (1.01, 2.0), (3.0, 1.0)];
        let svg = curve_plot("costs", ["price", "worth"], &[curve("one", &near)]).unwrap();
        assert!(
            svg.contains("at 1\n") && svg.contains("at 3") && !svg.contains("at 1.01"),
            "{svg}"
        );
        assert!(overlap(((0, 0), (10, 10)), ((9, 9), (10, 10))));
        assert!(!overlap(((0, 0), (10, 10)), ((10, 0), (10, 10))));
    }

    #[test]
    fn one_point_and_no_point_can_be_drawn() {
        assert!(curve_plot("one", ["x", "y"], &[curve("one", &[(1.0, 1.0)])]).is_ok());
        assert!(curve_plot("none", ["x", "y"], &[]).is_ok());
    }
}
