//! Did the temperature help? Differences seed by seed, and what they say.

use std::fmt;

use kd_examples::spread::Spread;
use serde::Serialize;

use crate::distil::Mix;
use crate::tune::tested::{Contender, Tested};

/// What 95 % of all means lie within, in standard errors: Student's t for 2, 3, … values. For more than eleven it is
/// that of eleven, which is a little strict.
const WITHIN: [f64; 10] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/// What the differences say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval is above 0.
    Helped,
    /// 0 is within the interval.
    NoDifference,
    /// The whole interval is below 0.
    Hurt,
    /// One seed has no spread.
    Unknown,
}

/// A temperature against T = 1, with the same seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What was tuned.
    pub tuned: Mix,
    /// What it is held against.
    pub rival: Mix,
    /// Errors that the rival makes and `tuned` does not, for each seed.
    pub saved: Vec<(u64, f64)>,
    /// The same over the seeds.
    pub spread: Spread,
    /// The 95 % interval of their mean.
    pub interval: Option<[f64; 2]>,
    /// What that means.
    pub verdict: Verdict,
}

impl Comparison {
    /// Of all seeds with which both were tested; `None` of none.
    pub fn of(tuned: Mix, rival: Mix, tested: &[Tested]) -> Option<Self> {
        let errors = |seed: u64, mix: Mix| {
            let is_it = |test: &&Tested| test.seed == seed && test.who == Contender::Distilled(mix);
            Some(tested.iter().find(is_it)?.errors as f64)
        };
        let of_tuned = tested.iter().filter(|test| test.who == Contender::Distilled(tuned));
        let saved: Vec<(u64, f64)> = of_tuned
            .filter_map(|test| Some((test.seed, errors(test.seed, rival)? - test.errors as f64)))
            .collect();
        let spread = Spread::of(saved.iter().map(|(_, errors)| *errors))?;
        let interval = interval(saved.len(), spread);
        let verdict = match interval {
            None => Verdict::Unknown,
            Some([low, _]) if low > 0.0 => Verdict::Helped,
            Some([_, high]) if high < 0.0 => Verdict::Hurt,
            Some(_) => Verdict::NoDifference,
        };
        Some(Self {
            tuned,
            rival,
            saved,
            spread,
            interval,
            verdict,
        })
    }
}

fn interval(seeds: usize, Spread { mean, sd, .. }: Spread) -> Option<[f64; 2]> {
    let degrees = seeds.checked_sub(2)?;
    let reach = WITHIN[degrees.min(WITHIN.len() - 1)] * sd / (seeds as f64).sqrt();
    Some([mean - reach, mean + reach])
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spread { mean, sd, .. } = self.spread;
        let (count, more) = (mean.abs(), if mean < 0.0 { "more" } else { "fewer" });
        let seeds = self.saved.len();
        write!(
            f,
            "{} makes {count:.1} ± {sd:.1} errors {more} than {} with the same seed",
            self.tuned, self.rival
        )?;
        if let Some([low, high]) = self.interval {
            let better = self.saved.iter().filter(|(_, errors)| *errors > 0.0).count();
            let range = format!("95 % interval of the errors saved {low:.1} to {high:.1}");
            write!(f, " ({range}; fewer in {better} of {seeds} seeds)")?;
        }
        f.write_str(match self.verdict {
            Verdict::Helped => ": the temperature helped.",
            Verdict::NoDifference => ": no difference beyond the spread over seeds.",
            Verdict::Hurt => ": T = 1 is better.",
            Verdict::Unknown => ": one seed has no spread, and says nothing yet.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WARM: Mix = Mix {
        temperature: 4.0,
        alpha: 0.9,
    };
    const PLAIN: Mix = Mix {
        temperature: 1.0,
        alpha: 0.5,
    };

    fn compared(errors: &[[usize; 2]]) -> Comparison {
        let tested = |seed, mix, errors| Tested {
            seed,
            who: Contender::Distilled(mix),
            images: 10_000,
            errors,
            agreed: 9_000,
        };
        let mut all: Vec<Tested> = (1..)
            .zip(errors)
            .flat_map(|(seed, [plain, warm])| [tested(seed, PLAIN, *plain), tested(seed, WARM, *warm)])
            .collect();
        // Of this seed one is missing.
        all.push(tested(99, WARM, 1));
        Comparison::of(WARM, PLAIN, &all).unwrap()
    }

    #[test]
    fn the_interval_is_that_of_the_textbook() {
        let comparison = compared(&[[290, 250], [300, 250], [310, 250], [300, 250], [300, 250]]);
        let Some([low, high]) = comparison.interval else {
            panic!("five seeds have a spread")
        };
        let reach = 2.776 * 50f64.sqrt() / 5f64.sqrt();
        assert!((low - (50.0 - reach)).abs() < 1e-9 && (high - (50.0 + reach)).abs() < 1e-9);
        assert_eq!((comparison.saved.len(), comparison.verdict), (5, Verdict::Helped));
        let words = comparison.to_string();
        assert!(
            words.starts_with("T = 4, alpha = 0.9 makes 50.0 ± 7.1 errors fewer than T = 1, alpha = 0.5"),
            "{words}"
        );
        assert!(
            words.ends_with("41.2 to 58.8; fewer in 5 of 5 seeds): the temperature helped."),
            "{words}"
        );
    }

    #[test]
    fn what_the_spread_explains_is_no_difference() {
        let verdict = |errors: &[[usize; 2]]| compared(errors).verdict;
        assert_eq!(verdict(&[[250, 245], [250, 262], [250, 248]]), Verdict::NoDifference);
        assert_eq!(verdict(&[[250, 281], [250, 280], [250, 279]]), Verdict::Hurt);
        assert_eq!(verdict(&[[250, 200]]), Verdict::Unknown);
        assert_eq!(verdict(&[[250, 250], [250, 250]]), Verdict::NoDifference);
        assert!(
            compared(&[[250, 281], [250, 280]])
                .to_string()
                .contains("30.5 ± 0.7 errors more")
        );
    }

    #[test]
    fn what_was_not_tested_is_not_compared() {
        assert_eq!(Comparison::of(WARM, PLAIN, &[]), None);
    }
}
