use std::path::Path;

use kd_core::{Error, write_whole};
use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::MemberTable;

/// Side of a cell, in pixels.
const CELL: i32 = 52;
/// About what a letter of a member's name takes.
const LETTER: i32 = 7;
/// Room around everything.
const EDGE: i32 = 16;
/// Room for the title, and for the line below it.
const WORDS: i32 = 28;

const INK: RGBColor = RGBColor(30, 30, 30);
const FAINT: RGBColor = RGBColor(110, 110, 110);
/// Of a pair that has no number.
const UNKNOWN: RGBColor = RGBColor(190, 190, 190);
/// Of a member and itself, which are no pair.
const SELF: RGBColor = RGBColor(242, 242, 242);
const ABOVE: RGBColor = RGBColor(8, 64, 129);
const BELOW: RGBColor = RGBColor(196, 78, 10);

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

/// A [`MemberTable`] as a heat map, in SVG.
///
/// The further a pair's number is from 0, the darker its cell: blue above 0, orange below. The darkest is the largest number of the
/// table, since those of a good ensemble are small and close together; compare numbers between pictures, and not shades. A member and
/// itself are no pair, and have no shade; grey is a pair without a number.
///
/// It needs the feature `plot`, and no font: whoever shows the picture has one.
///
/// # Panics
///
/// [`new`](Self::new), if there is not one name for each member.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::{Diversity, MemberMap};
///
/// # let device = burn::tensor::Device::flex();
/// let members = [[[1.0, 0.0], [1.0, 0.0]], [[0.0, 2.0], [1.0, 0.0]]].map(|logits| Tensor::from_floats(logits, &device));
/// let mut diversity = Diversity::new(2);
/// diversity.update(&members, Tensor::from_ints([1, 0], &device));
/// let report = diversity.report().unwrap();
/// let svg = MemberMap::new("Disagreement", &report.disagreement, ["first", "second"]).svg();
/// assert!(svg.starts_with("<svg") && svg.contains("second") && svg.contains(".500"));
/// ```
#[derive(Clone, Debug)]
pub struct MemberMap {
    title: String,
    table: MemberTable,
    names: Vec<String>,
}

impl MemberMap {
    /// With this title, and a name for each member.
    #[track_caller]
    pub fn new<N: Into<String>>(
        title: impl Into<String>,
        table: &MemberTable,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        assert!(
            names.len() == table.members(),
            "MemberMap: there are {} names for {} members; give one for each",
            names.len(),
            table.members()
        );
        Self {
            title: title.into(),
            table: table.clone(),
            names,
        }
    }

    /// Draws it.
    pub fn svg(&self) -> String {
        let longest = self.names.iter().map(|name| name.chars().count() as i32).max();
        let names = longest.unwrap_or(0) * LETTER + 8;
        let (left, top) = (EDGE + names, EDGE + 2 * WORDS + names);
        let cells = CELL * self.names.len() as i32;
        // A title may be wider than a small table.
        let width = (left + cells + EDGE).max(2 * EDGE + (LETTER + 3) * self.title.chars().count() as i32);
        let height = top + cells + EDGE;
        let mut svg = String::new();
        {
            let canvas = SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
            self.paint(&canvas, [left, top])
                .and_then(|()| canvas.present())
                .expect("writing into a string does not fail");
        }
        svg
    }

    /// Writes it to a file. Whoever reads the file finds the old picture or the new one, and never half of one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written; what was there before still is.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        write_whole(path, |temporary| std::fs::write(temporary, self.svg()))
    }

    fn paint<'a>(&self, canvas: &Canvas<'a>, [left, top]: [i32; 2]) -> Drawn<'a> {
        canvas.fill(&WHITE)?;
        let middle = canvas.dim_in_pixel().0 as i32 / 2;
        write(canvas, &self.title, (middle, EDGE), style(18, INK, HPos::Center))?;
        let mean = self.table.mean().map_or("–".into(), short);
        let words = format!("mean {mean}");
        write(
            canvas,
            &words,
            (middle, EDGE + WORDS - 4),
            style(14, FAINT, HPos::Center),
        )?;
        let pairs = self.table.pairs().flatten();
        let darkest = pairs.map(f64::abs).fold(0.0, f64::max);
        for (row, name) in self.names.iter().enumerate() {
            let centre = |column: usize| {
                let of = |start: i32, cell: usize| start + CELL * cell as i32 + CELL / 2;
                (of(left, column), of(top, row))
            };
            let (above, beside) = (centre(row).0, centre(row).1);
            let upwards = style(14, INK, HPos::Left).transform(FontTransform::Rotate270);
            write(canvas, name, (above, top - 6), upwards)?;
            write(canvas, name, (left - 6, beside), style(14, INK, HPos::Right))?;
            for column in 0..self.names.len() {
                let value = self.table.get(row, column);
                let (paper, ink) = if row == column {
                    (SELF, FAINT)
                } else {
                    shade(value, darkest)
                };
                let (x, y) = centre(column);
                let half = CELL / 2 - 1;
                canvas.draw(&Rectangle::new(
                    [(x - half, y - half), (x + half, y + half)],
                    paper.filled(),
                ))?;
                let words = value.map_or("–".into(), short);
                write(canvas, &words, (x, y), style(13, ink, HPos::Center))?;
            }
        }
        Ok(())
    }
}

fn write<'a>(canvas: &Canvas<'a>, words: &str, at: (i32, i32), style: TextStyle) -> Drawn<'a> {
    canvas.draw(&Text::new(words, at, style))
}

fn style(size: i32, ink: RGBColor, across: HPos) -> TextStyle<'static> {
    let style = ("sans-serif", size).into_font().color(&ink);
    style.pos(Pos::new(across, VPos::Center))
}

/// Paper and ink of a pair.
fn shade(value: Option<f64>, darkest: f64) -> (RGBColor, RGBColor) {
    let Some(value) = value else {
        return (UNKNOWN, INK);
    };
    // Where all are 0, nothing is dark.
    let depth = if darkest > 0.0 { value.abs() / darkest } else { 0.0 };
    let RGBColor(red, green, blue) = if value < 0.0 { BELOW } else { ABOVE };
    let between = |dark: u8| (255.0 + (f64::from(dark) - 255.0) * depth).round() as u8;
    let ink = if depth > 0.55 { WHITE } else { INK };
    (RGBColor(between(red), between(green), between(blue)), ink)
}

/// Three decimals, without the 0 before them.
fn short(value: f64) -> String {
    let text = format!("{:.3}", value.abs());
    let sign = if value < 0.0 && text != "0.000" { "−" } else { "" };
    format!("{sign}{}", text.strip_prefix('0').unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(values: [[f64; 3]; 3]) -> MemberTable {
        MemberTable::new(3, |first, second| values[first][second])
    }

    fn svg(values: [[f64; 3]; 3]) -> String {
        MemberMap::new("Correlation of <errors>", &table(values), ["a", "b", "c"]).svg()
    }

    #[test]
    fn every_cell_and_name_and_the_mean_are_there() {
        let svg = svg([[1.0, 0.25, -0.5], [0.25, 1.0, 0.4], [-0.5, 0.4, 1.0]]);
        for words in [
            "Correlation of &lt;errors&gt;",
            "mean .050",
            ".250",
            "−.500",
            ".400",
            "1.000",
        ] {
            assert!(svg.contains(words), "{words} is missing");
        }
        let of_name = |name: &str| svg.lines().filter(|line| *line == name).count();
        assert_eq!(["a", "b", "c"].map(of_name), [2; 3]);
    }

    #[test]
    fn the_largest_is_darkest_and_below_0_has_a_colour_of_its_own() {
        let svg = svg([[1.0, 0.02, -0.04], [0.02, 1.0, 0.04], [-0.04, 0.04, 1.0]]);
        let count = |colour: &str| svg.matches(colour).count();
        assert_eq!((count("#084081"), count("#C44E0A"), count("#F2F2F2")), (2, 2, 3));
    }

    #[test]
    fn a_pair_without_a_number_is_grey() {
        let svg = svg([[0.0, f64::NAN, 0.0], [f64::NAN, 0.0, 0.0], [0.0; 3]]);
        assert_eq!(svg.matches("#BEBEBE").count(), 2);
        assert!(svg.contains("mean –"));
    }

    #[test]
    #[should_panic(expected = "there are 2 names for 3 members")]
    fn each_member_has_a_name() {
        let _ = MemberMap::new("", &table([[0.0; 3]; 3]), ["a", "b"]);
    }
}
