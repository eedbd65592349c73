//! The results as JSON.

use kd::Error;
use kd_examples::burn_version::burn_version;
use kd_examples::cifar10::data::Source;
use kd_examples::residual::Architecture;
use kd_examples::result_files::ResultFiles;
use kd_examples::spread::Spread;
use serde::Serialize;

use crate::alignment::Alignment;
use crate::options::Options;
use crate::recipe::Recipe;
use crate::score::{Score, Way, advantage, gap_closed};

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
    pub costs: [Cost; 2],
    /// One per network and seed.
    pub scores: Vec<Score>,
    /// One per seed.
    pub alignments: Vec<Alignment>,
    /// One per seed.
    pub changes: Vec<Change>,
    #[serde(skip)]
    files: ResultFiles,
}

/// What a network costs.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    /// Which it is.
    pub network: Architecture,
    /// Weights, biases and all that normalisation learns.
    pub parameters: usize,
    /// Multiply-adds for an image.
    pub multiply_adds: usize,
}

/// What changed from the student alone to the one that learned from soft labels and features.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Change {
    /// The seed.
    pub seed: u64,
    /// Images that became right.
    pub gained: usize,
    /// Images that became wrong.
    pub lost: usize,
}

#[derive(Serialize)]
struct Summary {
    who: Way,
    seeds: usize,
    errors: Option<Spread>,
    error_percent: Option<Spread>,
    agreement_percent: Option<Spread>,
    gap_closed_percent: Option<Spread>,
    /// Percent of the images that this way gets right more often than features by index, within a seed.
    advantage_over_index: Option<Spread>,
    advantage_over_evenly_spaced: Option<Spread>,
}

impl Report {
    /// An empty one, to be written into the folder `--out` and the file `--json`.
    pub fn new(options: Options, recipe: Recipe, data: Source, costs: [Cost; 2]) -> Self {
        let files = options.run.result_files("cifar10");
        Self {
            program: "cifar10",
            version: env!("CARGO_PKG_VERSION"),
            burn: burn_version(),
            command: std::env::args().skip(1).collect(),
            options,
            recipe,
            data,
            complete: false,
            costs,
            scores: Vec::new(),
            alignments: Vec::new(),
            changes: Vec::new(),
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
        let mut json = serde_json::to_value(self).expect("a report has nothing that JSON lacks");
        json["summary"] = serde_json::to_value(Way::ALL.map(|who| self.summary(who))).expect("nor has a summary");
        self.files.write(&json)
    }

    fn summary(&self, who: Way) -> Summary {
        let scores: Vec<&Score> = self.scores.iter().filter(|score| score.who == who).collect();
        let spread = |value: fn(&Score) -> f64| Spread::of(scores.iter().map(|score| value(score)));
        Summary {
            who,
            seeds: scores.len(),
            errors: spread(|score| score.errors as f64),
            error_percent: spread(Score::error_percent),
            agreement_percent: spread(|score| 100.0 * score.agreement),
            gap_closed_percent: Spread::of(gap_closed(&self.scores, who)),
            advantage_over_index: Spread::of(advantage(&self.scores, who, Way::ByIndex)),
            advantage_over_evenly_spaced: Spread::of(advantage(&self.scores, who, Way::EvenlySpaced)),
        }
    }
}
