//! The results as JSON.

use kd::Error;
use kd_examples::burn_version::burn_version;
use kd_examples::result_files::ResultFiles;
use kd_examples::spread::Spread;
use serde::Serialize;

use crate::cost::Cost;
use crate::data::Source;
use crate::keeper::Looks;
use crate::options::Options;
use crate::recipe::Recipe;
use crate::score::{Score, Who, gain_kept};
use crate::way::Way;

/// All there is to know about a run, from its command line to its last number.
#[derive(Serialize)]
pub struct Report {
    program: &'static str,
    version: &'static str,
    burn: &'static str,
    command: Vec<String>,
    options: Options,
    /// What was trained, and how.
    pub recipe: Recipe,
    /// What it was learned from and tested on.
    pub data: Source,
    /// Whether all seeds are finished.
    pub complete: bool,
    /// What one network costs, and the ensemble.
    pub costs: Vec<Cost>,
    /// What there is to know about the members, for each seed.
    pub members: Vec<MembersOfSeed>,
    /// One per network and seed.
    pub scores: Vec<Score>,
    #[serde(skip)]
    files: ResultFiles,
}

/// What there is to know about the members of a seed.
#[derive(Clone, Debug, Serialize)]
pub struct MembersOfSeed {
    /// The seed of the whole run.
    pub seed: u64,
    /// Diversity, recording, fitted weights.
    #[serde(flatten)]
    pub looks: Looks,
}

#[derive(Serialize)]
struct Kept {
    student: Who,
    percent: Option<Spread>,
}

impl Report {
    /// An empty one, to be written where the options say.
    pub fn new(options: Options, recipe: Recipe, data: Source) -> Self {
        let files = options.run.result_files("ensemble");
        Self {
            program: "ensemble",
            version: env!("CARGO_PKG_VERSION"),
            burn: burn_version(),
            command: std::env::args().skip(1).collect(),
            options,
            recipe,
            data,
            complete: false,
            costs: Vec::new(),
            members: Vec::new(),
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
        let mut json = serde_json::to_value(self).expect("a report has nothing that JSON lacks");
        let students = [Who::OfMember, Who::Live].into_iter().chain(Way::ALL.map(Who::Of));
        let kept: Vec<Kept> = students
            .map(|student| Kept {
                student,
                percent: self.gain_kept(student),
            })
            .collect();
        json["gain_kept"] = serde_json::to_value(kept).expect("nor has a spread");
        self.files.write(&json)
    }

    /// How much of the ensemble's gain over a network alone this student keeps, percent.
    pub fn gain_kept(&self, student: Who) -> Option<Spread> {
        Spread::of(gain_kept(&self.scores, student))
    }

    /// A number of the scores of `who`, over the seeds.
    pub fn over(&self, who: impl Fn(Who) -> bool, value: impl Fn(&Score) -> f64) -> Option<Spread> {
        Spread::of(self.scores.iter().filter(|score| who(score.who)).map(value))
    }
}
