//! Where values and scores stand in a curve.

use crate::{Goal, Outcome, outcome::decimals};

/// What is left free at either end, as a share of all there is.
const MARGIN: f64 = 0.07;
/// About how many lines there are behind the curve.
const RULES: f64 = 5.0;
/// So many times as far from the best as the median is, and no further, a mean has a place of its own.
const REACH: f64 = 4.0;

/// Where values stand from left to right.
pub(crate) struct Across {
    pub is_logarithmic: bool,
    /// Each value's, from 0 to 1.
    pub shares: Vec<f64>,
}

impl Across {
    /// Of values in rising order, on the scale that keeps the nearest of them further apart.
    pub fn of(values: &[f64]) -> Self {
        let logarithms: Vec<f64> = values.iter().map(|value| value.ln()).collect();
        let is_logarithmic = values[0] > 0.0 && nearest(&logarithms) > nearest(values);
        let scale = if is_logarithmic { &logarithms } else { values };
        let (first, last) = (scale[0], scale[scale.len() - 1]);
        let share = |value: &f64| match last > first {
            true => MARGIN + (1.0 - 2.0 * MARGIN) * (value - first) / (last - first),
            false => 0.5,
        };
        Self {
            is_logarithmic,
            shares: scale.iter().map(share).collect(),
        }
    }
}

/// The smallest step from one to the next, as a share of the way from the first to the last.
fn nearest(values: &[f64]) -> f64 {
    let steps = values.windows(2).map(|pair| pair[1] - pair[0]);
    steps.fold(f64::INFINITY, f64::min) / (values[values.len() - 1] - values[0])
}

/// Where scores stand from below upwards.
pub(crate) struct Up {
    low: f64,
    high: f64,
    decimals: usize,
}

impl Up {
    pub fn of<'a>(goal: Goal, outcomes: impl Iterator<Item = &'a Outcome>) -> Self {
        let known = |outcome: &Outcome| Some((outcome.mean()?, outcome.spread().unwrap_or(0.0)));
        let mut known: Vec<(f64, f64)> = outcomes.filter_map(known).collect();
        known.sort_by(|left, right| goal.compare(Some(left.0), Some(right.0)));
        let Some(&(best, _)) = known.first() else {
            // Nothing is known, so anything may be.
            return Self {
                low: 0.0,
                high: 1.0,
                decimals: 0,
            };
        };
        let median = known[known.len() / 2].0;
        let reach = match REACH * (median - best).abs() {
            0.0 => f64::INFINITY,
            reach => reach,
        };
        let near = known.into_iter().filter(|(mean, _)| (mean - best).abs() <= reach);
        let (low, high) = near.fold((best, best), |(low, high), (mean, spread)| {
            let spread = spread.min(reach);
            (low.min(mean - spread), high.max(mean + spread))
        });
        let margin = match (high > low, best == 0.0) {
            (true, _) => MARGIN * (high - low),
            (false, true) => 1.0,
            (false, false) => MARGIN * best.abs(),
        };
        Self {
            low: low - margin,
            high: high + margin,
            decimals: decimals(best),
        }
    }

    /// From 0 to 1, and at the edge for what is beyond it.
    pub fn share(&self, score: f64) -> f64 {
        ((score - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Whether it has a place of its own.
    pub fn shows(&self, score: f64) -> bool {
        (self.low..=self.high).contains(&score)
    }

    pub fn words(&self, score: f64) -> String {
        format!("{score:.*}", self.decimals)
    }

    /// Round numbers, and the words for them.
    pub fn rules(&self) -> Vec<(f64, String)> {
        let step = round((self.high - self.low) / RULES);
        let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
        let numbers = (self.low / step).ceil() as i64..=(self.high / step).floor() as i64;
        let scores = numbers.map(|number| number as f64 * step);
        scores.map(|score| (score, format!("{score:.decimals$}"))).collect()
    }
}

/// The least number that is 1, 2 or 5 times a power of ten, and no smaller.
fn round(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|digit| digit * power);
    steps.into_iter().find(|step| *step >= least).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Point;

    fn outcome(scores: &[f64]) -> Outcome {
        Outcome {
            point: Point::new(Vec::new()),
            budget: 1,
            scores: (1..).zip(scores.iter().copied().map(Some)).collect(),
        }
    }

    #[test]
    fn the_scale_keeps_neighbours_apart() {
        let cases: [(&[f64], bool); 7] = [
            (&[1.0, 2.0, 4.0, 8.0], true),
            (&[0.001, 0.1, 10.0], true),
            (&[0.1, 0.5, 0.9], false),
            (&[0.0, 1.0, 10.0, 100.0], false), // 0 has no logarithm
            (&[-4.0, -2.0, -1.0], false),
            (&[1.0, 2.0], false),
            (&[3.0], false),
        ];
        for (values, is_logarithmic) in cases {
            assert_eq!(Across::of(values).is_logarithmic, is_logarithmic, "{values:?}");
        }
        let shares = Across::of(&[1.0, 2.0, 4.0]).shares;
        assert!(
            (shares[1] - 0.5).abs() < 1e-12 && shares[0] > 0.0 && shares[2] < 1.0,
            "{shares:?}"
        );
        assert_eq!(Across::of(&[3.0]).shares, [0.5]);
    }

    #[test]
    fn bars_are_on_the_paper_and_the_hopeless_is_not() {
        let outcomes = [[1.0, 3.0], [3.0, 3.0], [4.0, 4.0], [900.0, 1100.0]].map(|scores| outcome(&scores));
        let up = Up::of(Goal::Minimize, outcomes.iter());
        // The first has 2 ± √2.
        assert!(up.shows(2.0 - 2f64.sqrt()) && up.shows(4.0) && !up.shows(1000.0));
        assert_eq!((up.share(1000.0), up.share(-1000.0)), (1.0, 0.0));
        let rules: Vec<String> = up.rules().into_iter().map(|(_, words)| words).collect();
        assert_eq!(rules, ["1", "2", "3", "4"]);
    }

    #[test]
    fn what_is_all_the_same_is_in_the_middle() {
        for score in [0.0, 0.25, -7.0] {
            let same = [outcome(&[score]), outcome(&[score])];
            let up = Up::of(Goal::Maximize, same.iter());
            assert!(
                (up.share(score) - 0.5).abs() < 1e-12 && !up.rules().is_empty(),
                "{score}"
            );
        }
        assert!(Up::of(Goal::Minimize, [].iter()).shows(0.5));
    }

    #[test]
    fn steps_are_round() {
        assert_eq!([0.7, 1.0, 1.5, 3.0, 70.0].map(round), [1.0, 1.0, 2.0, 5.0, 100.0]);
    }
}
