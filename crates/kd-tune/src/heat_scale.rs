//! How a point looks in a heat map.

use plotters::style::{RGBColor, WHITE};

use crate::{Goal, Outcome, outcome::decimals, picture::INK};

/// Of a point that diverged.
const LOST: RGBColor = RGBColor(190, 190, 190);
/// Of points that have not been tried.
const OPEN: RGBColor = RGBColor(242, 242, 242);

/// Which mean is how dark: the best most, the median half as much, and what is twice as far from the best not at all. The worst
/// has no say; it may be so bad that beside it all others look alike.
pub(crate) struct HeatScale {
    best: f64,
    half: f64,
    decimals: usize,
}

impl HeatScale {
    pub fn new(goal: Goal, mut means: Vec<f64>) -> Self {
        means.sort_by(|left, right| goal.compare(Some(*left), Some(*right)));
        let best = means.first().copied().unwrap_or(f64::NAN);
        let median = means.get(means.len() / 2).copied().unwrap_or(f64::NAN);
        Self {
            best,
            half: (median - best).abs(),
            decimals: decimals(best),
        }
    }

    /// What is written into its cell, on which paper, in which ink.
    pub fn look(&self, outcome: Option<&Outcome>) -> (String, RGBColor, RGBColor) {
        let Some(outcome) = outcome else {
            return ("–".into(), OPEN, INK);
        };
        let Some(mean) = outcome.mean() else {
            return ("diverged".into(), LOST, INK);
        };
        let depth = self.depth(mean);
        let ink = if depth > 0.55 { WHITE } else { INK };
        (format!("{mean:.*}", self.decimals), shade(depth), ink)
    }

    fn depth(&self, mean: f64) -> f64 {
        let distance = (mean - self.best).abs();
        if distance == 0.0 {
            1.0
        } else {
            (1.0 - distance / (2.0 * self.half)).max(0.0)
        }
    }
}

/// White at 0, dark blue at 1.
fn shade(depth: f64) -> RGBColor {
    let between = |dark: f64| (255.0 + (dark - 255.0) * depth).round() as u8;
    RGBColor(between(8.0), between(64.0), between(129.0))
}
