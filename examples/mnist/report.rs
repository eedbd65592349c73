//! The results as JSON.

use kd::Error;
use kd_examples::burn_version::burn_version;
use kd_examples::data::Source;
use kd_examples::result_files::ResultFiles;
use kd_examples::spread::Spread;
use serde::Serialize;

use crate::cost::Cost;
use crate::options::Options;
use crate::recipe::Recipe;
use crate::score::{Score, Who, gap_closed};

/// All there is to know about a run, from its command line to its last number.
#[derive(Serialize)]
pub struct Report {
    program: &'static str,
    version: &'static str,
    burn: &'static str,
    command: Vec<String>,
    options: Options,
    recipe: Recipe,
    /// What it was learned from and tested on.
    pub data: Source,
    /// Whether all seeds are finished.
    pub complete: bool,
    /// What teacher and student cost.
    pub costs: Option<[Cost; 2]>,
    /// One per network and seed.
    pub scores: Vec<Score>,
    #[serde(skip)]
    files: ResultFiles,
}

#[derive(Serialize)]
struct Summary {
    who: Who,
    seeds: usize,
    errors: Option<Spread>,
    threes_percent: Option<Spread>,
    agreement_percent: Option<Spread>,
    raised_bias: Option<Spread>,
}

impl Report {
    /// An empty one, to be written into the folder `--out` and the file `--json`.
    pub fn new(options: Options, recipe: Recipe, data: Source) -> Self {
        let files = options.run.result_files("mnist");
        Self {
            program: "mnist",
            version: env!("CARGO_PKG_VERSION"),
            burn: burn_version(),
            command: std::env::args().skip(1).collect(),
            options,
            recipe,
            data,
            complete: false,
            costs: None,
            scores: Vec::new(),
            files,
        }
    }

    /// Finds out whether the files can be written, before hours of work.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when one of them cannot.
    pub fn check_writable(&self) -> Result<(), Error> {
        self.files.check_writable()
    }

    /// Writes the files, each whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when the system refuses.
    pub fn write(&self) -> Result<(), Error> {
        self.files.write(&self.json())
    }

    fn json(&self) -> serde_json::Value {
        let mut json = serde_json::to_value(self).expect("a report has nothing that JSON lacks");
        json["summary"] = serde_json::to_value(self.summaries()).expect("nor has a summary");
        json["gap_closed_percent"] = serde_json::to_value(Spread::of(gap_closed(&self.scores))).expect("nor a spread");
        json
    }

    fn summaries(&self) -> Vec<Summary> {
        let summary = |who| {
            let scores: Vec<&Score> = self.scores.iter().filter(|score| score.who == who).collect();
            let spread = |value: fn(&Score) -> f64| Spread::of(scores.iter().map(|score| value(score)));
            Summary {
                who,
                seeds: scores.len(),
                errors: spread(|score| score.errors as f64),
                threes_percent: spread(Score::threes_percent),
                agreement_percent: spread(|score| 100.0 * score.agreement),
                raised_bias: spread(|score| score.raised_bias),
            }
        };
        Who::MAIN.into_iter().chain(Who::MISSING).map(summary).collect()
    }
}
