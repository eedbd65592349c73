use std::fmt;

use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

use crate::{Goal, Grid, budgets::Budgets};

/// What makes a search this one and no other: finished trials belong to it, and are worth nothing to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outline {
    pub name: String,
    pub goal: Goal,
    pub axes: Grid,
    pub seeds: Vec<u64>,
    pub budgets: Budgets,
    /// How many samples are in which split, and a digest of their ids.
    pub splits: String,
}

impl Outline {
    pub fn check(&self) -> Result<(), Error> {
        let seeds = &self.seeds;
        check::count("Search", "the number of seeds", seeds.len())?;
        let twice = (1..seeds.len()).find(|&place| seeds[..place].contains(&seeds[place]));
        if let Some(place) = twice {
            return Err(Error::InvalidValue {
                owner: "Search",
                name: "a seed",
                value: seeds[place] as f64,
                expected: "another than those before it; the same again would tell nothing",
            });
        }
        self.budgets.check()
    }
}

impl fmt::Display for Outline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            goal,
            axes,
            seeds,
            budgets,
            splits,
        } = self;
        let (goal, eta) = (goal.word(), budgets.eta);
        write!(
            f,
            "{goal} '{name}' over {axes}, seeds {seeds:?}, budgets {:?}",
            budgets.each
        )?;
        if budgets.each.len() > 1 {
            write!(f, " with eta {eta}")?;
        }
        write!(f, ", {splits}")
    }
}
