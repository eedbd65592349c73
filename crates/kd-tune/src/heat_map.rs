use plotters::{prelude::*, style::text_anchor::HPos};

use crate::{
    Outcome, Tuned,
    heat_scale::HeatScale,
    picture::{CHOSEN, Canvas, Drawn, EDGE, LETTER, axis, best_of, style, svg, write},
};

/// Width and height of a cell, in pixels.
const CELL: [i32; 2] = [72, 40];
/// Room for a line of words.
const WORDS: i32 = 28;

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
        assert!(down != across, "Tuned: a heat map has two axes, and not '{down}' twice");
        let map = HeatMap {
            tuned: self,
            down: (down, axis(self, down).values()),
            across: (across, axis(self, across).values()),
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
        let lengths = self.down.1.iter().map(|value| value.to_string().len() as i32);
        let corner = [EDGE + WORDS + lengths.max().unwrap_or(0) * LETTER, 2 * EDGE + 2 * WORDS];
        let width = corner[0] + CELL[0] * self.across.1.len() as i32 + EDGE;
        let height = corner[1] + CELL[1] * self.down.1.len() as i32 + EDGE;
        svg([width, height], self.tuned.name(), |canvas| self.paint(canvas, corner))
    }

    fn paint<'a>(&self, canvas: &Canvas<'a>, [left, top]: [i32; 2]) -> Drawn<'a> {
        let middle = |start: i32, side: i32, cell: usize| start + side * cell as i32 + side / 2;
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

    /// The best outcome of each cell, row by row.
    fn cells(&self) -> Vec<Vec<Option<Outcome>>> {
        let cell = |down: f64, across: f64| {
            best_of(self.tuned, |point| {
                point.get(self.down.0) == Some(down) && point.get(self.across.0) == Some(across)
            })
        };
        let row = |down: &f64| self.across.1.iter().map(|across| cell(*down, *across)).collect();
        self.down.1.iter().map(row).collect()
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
