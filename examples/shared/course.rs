//! How a training went: its losses by name, as means over some steps each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// So many points a training has, for a curve that can be read.
const POINTS: usize = 50;

/// How a training went so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// From the first step to the last.
    pub points: Vec<Point>,
    /// Steps done.
    pub steps: usize,
    /// Tokens read, without what fills up.
    pub tokens: usize,
    /// Seconds of wall-clock time.
    pub seconds: f64,
    /// Sums since the last point.
    sums: BTreeMap<String, f64>,
    /// Steps since the last point.
    since: usize,
}

/// The losses of some steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The last of these steps, counted from 1.
    pub step: usize,
    /// Each loss's mean, before its weight.
    pub losses: BTreeMap<String, f64>,
}

impl Course {
    /// A step of so many is done.
    pub fn add(&mut self, losses: &[(String, f64)], tokens: usize, of: usize) {
        self.steps += 1;
        self.tokens += tokens;
        self.since += 1;
        for (name, value) in losses {
            *self.sums.entry(name.clone()).or_default() += value;
        }
        if self.since >= of.div_ceil(POINTS) || self.steps == of {
            let since = self.since as f64;
            let losses = std::mem::take(&mut self.sums);
            self.points.push(Point {
                step: self.steps,
                losses: losses.into_iter().map(|(name, sum)| (name, sum / since)).collect(),
            });
            self.since = 0;
        }
    }

    /// Tokens read in a second.
    pub fn tokens_per_second(&self) -> f64 {
        self.tokens as f64 / self.seconds.max(1e-9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_the_mean_of_the_steps_since_the_last() {
        let mut course = Course::default();
        for step in 1..=101 {
            course.add(&[("mlm".into(), f64::from(step))], 10, 101);
        }
        let points: Vec<(usize, f64)> = course
            .points
            .iter()
            .map(|point| (point.step, point.losses["mlm"]))
            .collect();
        assert_eq!(points[0], (3, 2.0));
        assert_eq!(points.last(), Some(&(101, 100.5)));
        assert_eq!((course.steps, course.tokens), (101, 1010));
    }
}
