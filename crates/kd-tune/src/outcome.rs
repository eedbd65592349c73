use crate::{Point, digits};

/// What a point achieved, with each seed, at the largest budget it got.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// The point.
    pub point: Point,
    /// For how long it was trained.
    pub budget: usize,
    /// Each seed with its score, or `None` if it diverged.
    pub scores: Vec<(u64, Option<f64>)>,
}

impl Outcome {
    /// The mean over the seeds, to 15 digits, so that the order in which they are summed breaks no tie; `None` if it diverged with
    /// one of them.
    pub fn mean(&self) -> Option<f64> {
        let values = self.values()?;
        Some(digits::kept(values.iter().sum::<f64>() / values.len() as f64))
    }

    /// The sample standard deviation over the seeds; `None` if there is only one, or it diverged with one of them.
    pub fn spread(&self) -> Option<f64> {
        let (values, mean) = (self.values()?, self.mean()?);
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
    }

    /// The smallest and the largest score; `None` if it diverged with one of its seeds.
    pub fn range(&self) -> Option<(f64, f64)> {
        let values = self.values()?;
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        Some(
            values
                .iter()
                .fold(ends, |(least, most), value| (least.min(*value), most.max(*value))),
        )
    }

    /// The seeds with which it diverged.
    pub fn diverged(&self) -> impl Iterator<Item = u64> {
        self.scores
            .iter()
            .filter(|(_, score)| score.is_none())
            .map(|(seed, _)| *seed)
    }

    /// In words, with so many decimals.
    pub(crate) fn words(&self, decimals: usize) -> String {
        let (Some(mean), Some((least, most))) = (self.mean(), self.range()) else {
            let seeds: Vec<String> = self.diverged().map(|seed| seed.to_string()).collect();
            let plural = if seeds.len() > 1 { "s" } else { "" };
            return format!("diverged with seed{plural} {}", seeds.join(", "));
        };
        match self.spread() {
            Some(spread) => {
                format!("{mean:.decimals$} ± {spread:.decimals$} ({least:.decimals$} to {most:.decimals$})")
            }
            None => format!("{mean:.decimals$}"),
        }
    }

    fn values(&self) -> Option<Vec<f64>> {
        self.scores.iter().map(|(_, score)| *score).collect()
    }
}

/// With how many decimals a number has four digits that count.
pub(crate) fn decimals(value: f64) -> usize {
    if value == 0.0 {
        return 4;
    }
    (3 - value.abs().log10().floor() as i32).clamp(0, 12) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(scores: impl IntoIterator<Item = Option<f64>>) -> Outcome {
        Outcome {
            point: Point::new(vec![("temperature".into(), 4.0)]),
            budget: 1,
            scores: (1..).zip(scores).collect(),
        }
    }

    #[test]
    fn mean_and_spread_are_those_of_the_textbook() {
        let three = outcome([2.0, 4.0, 9.0].map(Some));
        assert_eq!((three.mean(), three.range()), (Some(5.0), Some((2.0, 9.0))));
        assert!((three.spread().unwrap() - 13f64.sqrt()).abs() < 1e-15);
        assert_eq!(three.words(1), "5.0 ± 3.6 (2.0 to 9.0)");
    }

    #[test]
    fn what_is_always_the_same_has_no_spread() {
        let same = outcome([0.1; 3].map(Some));
        assert_eq!((same.mean(), same.spread()), (Some(0.1), Some(0.0)));
    }

    #[test]
    fn one_seed_has_no_spread() {
        let one = outcome([Some(2.0)]);
        assert_eq!(
            (one.mean(), one.spread(), one.words(2)),
            (Some(2.0), None, "2.00".into())
        );
    }

    #[test]
    fn one_that_diverged_spoils_the_mean_and_is_named() {
        let lost = outcome([Some(2.0), None, None]);
        assert_eq!((lost.mean(), lost.spread(), lost.range()), (None, None, None));
        assert_eq!(lost.words(2), "diverged with seeds 2, 3");
    }

    #[test]
    fn four_digits_count() {
        assert_eq!(
            [0.0, 1.0, 244.8, 0.0312, 12345.0, 1e-30].map(decimals),
            [4, 3, 1, 5, 0, 12]
        );
    }
}
