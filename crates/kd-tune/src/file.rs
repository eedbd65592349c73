//! How a search is written down.

use std::{fs, path::Path};

use kd_core::{Error, write_whole};
use serde::{Deserialize, Serialize};

use crate::{Finished, Tuned, finished::Place, outline::Outline};

/// What a file says it is.
const FORMAT: &str = "kd-tune";
/// The latest version of the format, and the one that is written.
const VERSION: u64 = 1;

/// A search and what it has found, as it is in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    format: String,
    version: u64,
    search: Outline,
    trials: Vec<Finished>,
}

/// As much as every version has.
#[derive(Deserialize)]
struct Versioned {
    format: String,
    version: u64,
}

pub(crate) fn read(path: &Path) -> Result<Tuned, Error> {
    let json = fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let damaged = |reason: String| Error::Damaged {
        path: path.to_owned(),
        reason,
        remedy: "Put back a copy of it, or begin the search again with another file",
    };
    let invalid = |error: serde_json::Error| damaged(format!("it is no journal of a search, {error}"));
    let Versioned { format, version } = serde_json::from_slice(&json).map_err(invalid)?;
    if format != FORMAT {
        return Err(damaged(format!("its format is {format:?} and not {FORMAT:?}")));
    }
    if version > VERSION {
        return Err(Error::NewerVersion {
            path: path.to_owned(),
            found: version,
            known: VERSION,
        });
    }
    serde_json::from_slice(&json).map_err(invalid)
}

pub(crate) fn write(path: &Path, tuned: &Tuned) -> Result<(), Error> {
    let mut json = serde_json::to_vec_pretty(tuned).expect("names and numbers are JSON");
    json.push(b'\n');
    write_whole(path, |temporary| fs::write(temporary, &json))
}

impl From<Tuned> for Recorded {
    fn from(tuned: Tuned) -> Self {
        Self {
            format: FORMAT.into(),
            version: VERSION,
            trials: tuned.trials().collect(),
            search: tuned.outline,
        }
    }
}

impl TryFrom<Recorded> for Tuned {
    type Error = String;

    fn try_from(recorded: Recorded) -> Result<Self, String> {
        let Recorded {
            format,
            version,
            search,
            trials,
        } = recorded;
        if (format.as_str(), version) != (FORMAT, VERSION) {
            return Err(format!(
                "it is version {version} of {format:?}, and not {VERSION} of {FORMAT:?}"
            ));
        }
        search.check().map_err(|error| error.to_string())?;
        let mut tuned = Self::new(search);
        let count = trials.len();
        for (number, trial) in trials.into_iter().enumerate() {
            let Some(place) = place(&tuned.outline, &trial) else {
                return Err(format!("its trial {number}, {}, is none of the search's", trial.point));
            };
            tuned.add(place, trial.score);
        }
        if tuned.trials().count() < count {
            return Err("a trial is in it twice".into());
        }
        if !tuned.is_consistent() {
            return Err("a trial is in it that the search would not have run after those before it".into());
        }
        Ok(tuned)
    }
}

fn place(search: &Outline, trial: &Finished) -> Option<Place> {
    Some(Place {
        rung: search.budgets.each.iter().position(|budget| *budget == trial.budget)?,
        point: search.axes.index_of(&trial.point)?,
        seed: search.seeds.iter().position(|seed| *seed == trial.seed)?,
    })
}
