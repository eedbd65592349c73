use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::{Plan, Similarity};

/// Side of a cell, in pixels.
const CELL: i32 = 46;
/// About what a letter of a layer's name takes.
const LETTER: i32 = 7;
/// Room around everything.
const EDGE: i32 = 16;
/// Room for the title and for the words above and beside the names.
const WORDS: i32 = 28;

const INK: RGBColor = RGBColor(30, 30, 30);
const CHOSEN: RGBColor = RGBColor(214, 90, 20);
const UNKNOWN: RGBColor = RGBColor(190, 190, 190);

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

impl Similarity {
    /// Draws it as a heat map, in SVG: the darker a cell, the more alike its layers, from white at 0 and below to dark blue at
    /// 1; grey is what is not a number. Cells of pairs that the plan has are framed.
    ///
    /// It needs the feature `plot`, and no font: whoever shows the picture has one.
    ///
    /// # Example
    ///
    /// ```
    /// use kd_feature::align::{Matching, Similarity};
    ///
    /// let similarity = Similarity::new(["a", "b"], ["x", "y"], vec![vec![0.9, 0.5], vec![0.0, 1.0]]);
    /// let plan = similarity.plan(Matching::Monotone)?;
    /// let svg = similarity.heat_map("CKA", Some(&plan));
    /// assert!(svg.starts_with("<svg") && svg.contains(".90"));
    /// # Ok::<(), kd_core::Error>(())
    /// ```
    pub fn heat_map(&self, title: &str, plan: Option<&Plan>) -> String {
        let room = |names: &[String]| names.iter().map(|name| name.chars().count() as i32).max().unwrap_or(0) * LETTER;
        let (left, top) = (
            EDGE + WORDS + room(self.student()),
            EDGE + 2 * WORDS + room(self.teacher()),
        );
        let [width, height] = [(left, self.teacher()), (top, self.student())]
            .map(|(before, names)| before + CELL * names.len() as i32 + EDGE);
        // A title may be wider than a small table.
        let width = width.max(2 * EDGE + (LETTER + 3) * title.chars().count() as i32);

        let mut svg = String::new();
        {
            let canvas = SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
            self.paint(&canvas, [left, top], title, plan)
                .and_then(|()| canvas.present())
                .expect("writing into a string does not fail");
        }
        svg
    }

    fn paint<'a>(&self, canvas: &Canvas<'a>, [left, top]: [i32; 2], title: &str, plan: Option<&Plan>) -> Drawn<'a> {
        let (across, down) = (CELL * self.teacher().len() as i32, CELL * self.student().len() as i32);
        let middle = |start: i32, cell: usize| start + CELL * cell as i32 + CELL / 2;
        canvas.fill(&WHITE)?;
        let width = canvas.dim_in_pixel().0 as i32;
        write(canvas, title, (width / 2, EDGE), style(18, INK, HPos::Center))?;
        write(
            canvas,
            "teacher",
            (left + across / 2, EDGE + WORDS),
            style(14, INK, HPos::Center),
        )?;
        write(canvas, "student", (EDGE, top + down / 2), upwards(HPos::Center))?;
        for (column, name) in self.teacher().iter().enumerate() {
            write(canvas, name, (middle(left, column), top - 6), upwards(HPos::Left))?;
        }
        for (row, name) in self.student().iter().enumerate() {
            write(canvas, name, (left - 6, middle(top, row)), style(14, INK, HPos::Right))?;
        }
        for (cell, (student, teacher, value)) in self.iter().enumerate() {
            let (row, column) = (cell / self.teacher().len(), cell % self.teacher().len());
            let centre = (middle(left, column), middle(top, row));
            // From the middle of an edge, so that every corner is joined.
            let corners = |half: i32| {
                [
                    (0, -half),
                    (half, -half),
                    (half, half),
                    (-half, half),
                    (-half, -half),
                    (0, -half),
                ]
            };
            let square = |half| corners(half).map(|(x, y)| (centre.0 + x, centre.1 + y));
            canvas.draw(&Polygon::new(square(CELL / 2 - 1), shade(value).filled()))?;
            let pairs = plan.map_or(&[][..], |plan| &plan.pairs);
            if pairs
                .iter()
                .any(|pair| pair.student == student && pair.teacher == teacher)
            {
                // A path and no rectangle, whose outline would be thin in SVG whatever it is asked to be.
                canvas.draw(&PathElement::new(square(CELL / 2 - 3), CHOSEN.stroke_width(4)))?;
            }
            let ink = if value > 0.55 { WHITE } else { INK };
            write(canvas, &short(value), centre, style(13, ink, HPos::Center))?;
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

fn upwards(along: HPos) -> TextStyle<'static> {
    style(14, INK, along).transform(FontTransform::Rotate270)
}

/// White at 0, dark blue at 1, and a grey that is neither for what is not a number.
fn shade(value: f64) -> RGBColor {
    if value.is_nan() {
        return UNKNOWN;
    }
    let depth = value.clamp(0.0, 1.0);
    let between = |light: f64, dark: f64| (light + (dark - light) * depth).round() as u8;
    RGBColor(between(255.0, 8.0), between(255.0, 64.0), between(255.0, 129.0))
}

/// Two decimals, without the 0 before them.
fn short(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    let sign = if value < 0.0 && text != "0.00" { "-" } else { "" };
    format!("{sign}{}", text.strip_prefix('0').unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_and_name_is_there_and_the_plan_is_framed() {
        let similarity = Similarity::new(
            ["stem", "block"],
            ["x1", "x2", "x3"],
            vec![vec![0.25, 1.0, -0.5], vec![0.0; 3]],
        );
        let plain = similarity.heat_map("alike", None);
        for words in [
            "alike", "teacher", "student", "stem", "block", "x1", "x2", "x3", ".25", "1.00", "-.50", ".00",
        ] {
            assert!(plain.contains(words), "{words} is missing");
        }
        let frames = |svg: &str| svg.matches("#D65A14").count();
        let plan = Plan::by_index(["stem", "block"], ["x1", "x2"]).unwrap();
        assert_eq!(
            (frames(&plain), frames(&similarity.heat_map("alike", Some(&plan)))),
            (0, 2)
        );
    }

    #[test]
    fn what_is_not_a_number_is_grey() {
        let svg = Similarity::new(["a"], ["x"], vec![vec![f64::NAN]]).heat_map("", None);
        assert!(svg.contains("#BEBEBE") && svg.contains("NaN"), "{svg}");
    }

    #[test]
    fn numbers_fit_their_cell() {
        assert_eq!(
            [1.0, 0.996, 0.5, -0.001, -0.25, 10.0].map(short),
            ["1.00", "1.00", ".50", ".00", "-.25", "10.00"]
        );
    }
}
