use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::{
    Outcome, Tuned,
    heat_scale::{HeatScale, INK},
};

/// Width and height of a cell, in pixels.
const CELL: [i32; 2] = [72, 40];
/// About what a letter takes.
const LETTER: i32 = 8;
/// Room around everything.
const EDGE: i32 = 16;
/// Room for a line of words.
const WORDS: i32 = 28;

const CHOSEN: RGBColor = RGBColor(214, 90, 20);

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

impl Tuned {
    /// Draws the means at the first budget, which every point gets, over two axes as a heat map, in SVG. The best is darkest, the
    /// median half as dark, and what is twice as far from the best is white. The point that was chosen in the end is framed,
    /// grey is what diverged, and a dash what has not been tried.
    ///
    /// If there are more than two axes, a cell shows the best of its points.
    ///
    /// It needs the feature `plot`, and no font: whoever shows the picture has one.
    ///
    /// # Panics
    ///
    /// If one of the axes is not there, or both are the same.
    #[track_caller]
    pub fn heat_map(&self, down: &str, across: &str) -> String {
        let axis = |name: &str| {
            let found = self.grid().axes().iter().find(|axis| axis.name() == name);
            found.unwrap_or_else(|| panic!("Tuned: there is no axis '{name}'; the grid is {}", self.grid()))
        };
        assert!(down != across, "Tuned: a heat map has two axes, and not '{down}' twice");
        let map = HeatMap {
            tuned: self,
            down: (down, axis(down).values()),
            across: (across, axis(across).values()),
        };
        map.svg()
    }
}

struct HeatMap<'a> {
    tuned: &'a Tuned,
    down: (&'a str, &'a [f64]),
    across: (&'a str, &'a [f64]),
}

impl HeatMap<'_> {
    fn svg(&self) -> String {
        let longest = self
            .down
            .1
            .iter()
            .map(|value| value.to_string().len() as i32)
            .max()
            .unwrap_or(0);
        let (left, top) = (EDGE + WORDS + longest * LETTER, 2 * EDGE + 2 * WORDS);
        let width = left + CELL[0] * self.across.1.len() as i32 + EDGE;
        // A title may be wider than a small map.
        let title = (LETTER + 2) * self.tuned.name().chars().count() as i32;
        let size = [
            width.max(2 * EDGE + title),
            top + CELL[1] * self.down.1.len() as i32 + EDGE,
        ];
        let mut svg = String::new();
        {
            let canvas = SVGBackend::with_string(&mut svg, size.map(|side| side as u32).into()).into_drawing_area();
            self.paint(&canvas, [left, top])
                .and_then(|()| canvas.present())
                .expect("writing into a string does not fail");
        }
        svg
    }

    fn paint<'a>(&self, canvas: &Canvas<'a>, [left, top]: [i32; 2]) -> Drawn<'a> {
        canvas.fill(&WHITE)?;
        let middle = |start: i32, side: i32, cell: usize| start + side * cell as i32 + side / 2;
        let width = canvas.dim_in_pixel().0 as i32;
        write(canvas, self.tuned.name(), (width / 2, EDGE), style(18, HPos::Center))?;
        let centre = left + CELL[0] * self.across.1.len() as i32 / 2;
        write(canvas, self.across.0, (centre, EDGE + WORDS), style(14, HPos::Center))?;
        let centre = top + CELL[1] * self.down.1.len() as i32 / 2;
        let upwards = style(14, HPos::Center).transform(FontTransform::Rotate270);
        write(canvas, self.down.0, (EDGE, centre), upwards)?;
        for (column, value) in self.across.1.iter().enumerate() {
            let above = (middle(left, CELL[0], column), top - 10);
            write(canvas, &value.to_string(), above, style(14, HPos::Center))?;
        }
        let cells = self.cells();
        let means = cells.iter().flatten().flatten().filter_map(Outcome::mean).collect();
        let scale = HeatScale::new(self.tuned.goal(), means);
        let chosen = self.tuned.best();
        for (row, down) in self.down.1.iter().enumerate() {
            let y = middle(top, CELL[1], row);
            write(canvas, &down.to_string(), (left - 6, y), style(14, HPos::Right))?;
            for (column, across) in self.across.1.iter().enumerate() {
                let place = (middle(left, CELL[0], column), y);
                let (words, paper, ink) = scale.look(cells[row][column].as_ref());
                canvas.draw(&Polygon::new(corners(place, 1), paper.filled()))?;
                let is_chosen = chosen.as_ref().is_some_and(|chosen| {
                    chosen.point.get(self.down.0) == Some(*down) && chosen.point.get(self.across.0) == Some(*across)
                });
                if is_chosen {
                    // A path and no rectangle, whose outline would be thin in SVG whatever it is asked to be.
                    canvas.draw(&PathElement::new(corners(place, 3), CHOSEN.stroke_width(4)))?;
                }
                write(canvas, &words, place, style(13, HPos::Center).color(&ink))?;
            }
        }
        Ok(())
    }

    /// The best outcome of each cell at the first budget, row by row.
    fn cells(&self) -> Vec<Vec<Option<Outcome>>> {
        let mut cells = vec![vec![None; self.across.1.len()]; self.down.1.len()];
        let place = |values: &[f64], value: Option<f64>| values.iter().position(|known| Some(*known) == value);
        for index in 0..self.tuned.grid().len() {
            let point = self.tuned.grid().point(index);
            let row = place(self.down.1, point.get(self.down.0));
            let column = place(self.across.1, point.get(self.across.0));
            let (Some(row), Some(column), Some(outcome)) = (row, column, self.tuned.outcome(0, index)) else {
                continue;
            };
            let cell: &mut Option<Outcome> = &mut cells[row][column];
            let is_better = cell
                .as_ref()
                .is_none_or(|other| self.tuned.goal().compare(outcome.mean(), other.mean()).is_lt());
            if is_better {
                *cell = Some(outcome);
            }
        }
        cells
    }
}

/// Around a cell, so far from its edge; from the middle of a side, so that every corner is joined.
fn corners((x, y): (i32, i32), inset: i32) -> [(i32, i32); 6] {
    let [across, down] = CELL.map(|side| side / 2 - inset);
    [
        (0, -down),
        (across, -down),
        (across, down),
        (-across, down),
        (-across, -down),
        (0, -down),
    ]
    .map(|(right, below)| (x + right, y + below))
}

fn write<'a>(canvas: &Canvas<'a>, words: &str, at: (i32, i32), style: TextStyle) -> Drawn<'a> {
    canvas.draw(&Text::new(words, at, style))
}

fn style(size: i32, across: HPos) -> TextStyle<'static> {
    let style = ("sans-serif", size).into_font().color(&INK);
    style.pos(Pos::new(across, VPos::Center))
}
