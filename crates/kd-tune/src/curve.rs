use plotters::{prelude::*, style::text_anchor::HPos};

use crate::{
    Outcome, Tuned,
    curve_scale::{Across, Up},
    picture::{CHOSEN, Canvas, Drawn, LETTER, axis, best_of, style, svg, write},
};

/// The paper, and where the curve is on it.
const SIZE: [i32; 2] = [560, 340];
const LEFT: i32 = 80;
const TOP: i32 = 66;
const WIDTH: i32 = 460;
const HEIGHT: i32 = 200;
/// Half the width of a bar's ends.
const CAP: i32 = 5;

const LINE: RGBColor = RGBColor(8, 64, 129);
const GRID: RGBColor = RGBColor(232, 232, 232);

impl Tuned {
    /// Draws the means at the first budget, which every point gets, over the values of one axis, in SVG. The bars are the standard
    /// deviation over the seeds, below and above. The point that was chosen in the end is orange, a cross is what diverged, and a dash
    /// what has not been tried. What is more than four times as far from the best as the median is stands at the edge, hollow and
    /// with its mean in words: it may be so bad that beside it all others look alike.
    ///
    /// The values stand on a logarithmic scale where that keeps the nearest of them further apart, as with 1, 2, 4 and 8. If there are
    /// more axes, a value shows the best of its points.
    ///
    /// It needs the feature `plot`, and no font: whoever shows the picture has one.
    ///
    /// # Panics
    ///
    /// If the axis is not there.
    #[track_caller]
    pub fn curve(&self, name: &str) -> String {
        let mut values = axis(self, name).values().to_vec();
        values.sort_by(f64::total_cmp);
        let best_at = |value: &f64| best_of(self, |point| point.get(name) == Some(*value));
        let outcomes: Vec<_> = values.iter().map(best_at).collect();
        let curve = Curve {
            tuned: self,
            name,
            across: Across::of(&values),
            up: Up::of(self.goal(), outcomes.iter().flatten()),
            values,
            outcomes,
        };
        svg(SIZE, self.name(), |canvas| curve.paint(canvas))
    }
}

struct Curve<'a> {
    tuned: &'a Tuned,
    name: &'a str,
    /// In rising order, each with the best that was found at it.
    values: Vec<f64>,
    outcomes: Vec<Option<Outcome>>,
    across: Across,
    up: Up,
}

impl Curve<'_> {
    fn paint<'a>(&self, canvas: &Canvas<'a>) -> Drawn<'a> {
        self.words(canvas)?;
        self.rules(canvas)?;
        // From one to the next, where both are known.
        for places in self.means().windows(2) {
            if let [Some(from), Some(to)] = *places {
                canvas.draw(&PathElement::new([from, to], LINE.stroke_width(1)))?;
            }
        }
        self.points(canvas)
    }

    fn words<'a>(&self, canvas: &Canvas<'a>) -> Drawn<'a> {
        let seeds = match self.tuned.outline.seeds.len() {
            1 => "one seed".into(),
            count => format!("mean ± standard deviation of {count} seeds"),
        };
        write(canvas, &seeds, (LEFT + WIDTH / 2, TOP - 22), style(13, HPos::Center))?;
        let scale = if self.across.is_logarithmic {
            ", logarithmic"
        } else {
            ""
        };
        let below = (LEFT + WIDTH / 2, TOP + HEIGHT + 46);
        write(canvas, &format!("{}{scale}", self.name), below, style(14, HPos::Center))
    }

    /// The lines behind the curve and what they stand for; a value has its words where there is room for them.
    fn rules<'a>(&self, canvas: &Canvas<'a>) -> Drawn<'a> {
        for (score, words) in self.up.rules() {
            let y = self.y(score);
            canvas.draw(&PathElement::new([(LEFT, y), (LEFT + WIDTH, y)], GRID))?;
            write(canvas, &words, (LEFT - 8, y), style(13, HPos::Right))?;
        }
        let mut free = i32::MIN;
        for (place, value) in self.values.iter().enumerate() {
            let (x, words) = (self.x(place), value.to_string());
            let half = LETTER * words.chars().count() as i32 / 2;
            canvas.draw(&PathElement::new([(x, TOP), (x, TOP + HEIGHT)], GRID))?;
            if x - half >= free {
                write(canvas, &words, (x, TOP + HEIGHT + 18), style(13, HPos::Center))?;
                free = x + half + LETTER;
            }
        }
        Ok(())
    }

    fn points<'a>(&self, canvas: &Canvas<'a>) -> Drawn<'a> {
        let chosen = self.tuned.best().and_then(|best| best.point.get(self.name));
        for (place, outcome) in self.outcomes.iter().enumerate() {
            let ink = if chosen == Some(self.values[place]) {
                CHOSEN
            } else {
                LINE
            };
            let x = self.x(place);
            let Some(mean) = outcome.as_ref().and_then(Outcome::mean) else {
                let mark = if outcome.is_some() { "×" } else { "–" };
                write(canvas, mark, (x, TOP + HEIGHT - 10), style(16, HPos::Center))?;
                continue;
            };
            let y = self.y(mean);
            if let Some(spread) = outcome.as_ref().and_then(Outcome::spread) {
                let [below, above] = [mean - spread, mean + spread].map(|end| self.y(end));
                for end in [below, above] {
                    canvas.draw(&PathElement::new([(x - CAP, end), (x + CAP, end)], ink))?;
                }
                canvas.draw(&PathElement::new([(x, below), (x, above)], ink))?;
            }
            if self.up.shows(mean) {
                canvas.draw(&Circle::new((x, y), 4, ink.filled()))?;
            } else {
                canvas.draw(&Circle::new((x, y), 4, ink.stroke_width(1)))?;
                let inwards = if y == TOP { 16 } else { -16 };
                write(canvas, &self.up.words(mean), (x, y + inwards), style(13, HPos::Center))?;
            }
        }
        Ok(())
    }

    /// Where the means are, at the edge if they are beyond it.
    fn means(&self) -> Vec<Option<(i32, i32)>> {
        let mean = |outcome: &Option<Outcome>| outcome.as_ref().and_then(Outcome::mean);
        let outcomes = self.outcomes.iter().enumerate();
        outcomes
            .map(|(place, outcome)| Some((self.x(place), self.y(mean(outcome)?))))
            .collect()
    }

    fn x(&self, place: usize) -> i32 {
        LEFT + (f64::from(WIDTH) * self.across.shares[place]).round() as i32
    }

    fn y(&self, score: f64) -> i32 {
        TOP + HEIGHT - (f64::from(HEIGHT) * self.up.share(score)).round() as i32
    }
}
