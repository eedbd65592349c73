//! The results as JSON.

use kd::Error;
use kd_examples::burn_version::burn_version;
use kd_examples::data::Source;
use kd_examples::result_files::ResultFiles;
use kd_examples::spread::Spread;
use serde::Serialize;

use crate::cost::{Cost, EarlyExitTime};
use crate::network::EXITS;
use crate::options::Options;
use crate::recipe::Recipe;
use crate::score::{EarlyExits, Score, advantage};
use crate::way::Way;

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
    /// What an answer of each exit costs.
    pub costs: Vec<Cost>,
    /// How long it takes to leave early, measured with the first network that BYOT trained.
    pub early_exit_times: Vec<EarlyExitTime>,
    /// One per way of training, exit and seed.
    pub scores: Vec<Score>,
    /// One per way of training with several exits, and seed.
    pub early_exits: Vec<EarlyExits>,
    #[serde(skip)]
    files: ResultFiles,
}

/// What the seeds say together about one exit, trained one way.
#[derive(Serialize)]
pub struct Summary {
    /// How it was trained.
    pub way: Way,
    /// The exit, counted from 1, the shallowest.
    pub exit: usize,
    /// How many seeds.
    pub seeds: usize,
    /// Share of errors, percent.
    pub error_percent: Option<Spread>,
    /// Negative log-likelihood of the labels, in nats.
    pub nll: Option<Spread>,
    /// Brier score, from 0 to 2.
    pub brier: Option<Spread>,
    /// Expected calibration error, percent.
    pub ece_percent: Option<Spread>,
    /// Percent of the images that BYOT's exit gets right more often than this one, within a seed.
    pub advantage_of_byot: Option<Spread>,
}

impl Report {
    /// An empty one, to be written into the folder `--out` and the file `--json`.
    pub fn new(options: Options, recipe: Recipe, data: Source) -> Self {
        let files = options.run.result_files("self_distillation");
        Self {
            program: "self_distillation",
            version: env!("CARGO_PKG_VERSION"),
            burn: burn_version(),
            command: std::env::args().skip(1).collect(),
            options,
            recipe,
            data,
            complete: false,
            costs: Vec::new(),
            early_exit_times: Vec::new(),
            scores: Vec::new(),
            early_exits: Vec::new(),
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
        json["summary"] = serde_json::to_value(self.summaries()).expect("nor has a summary");
        self.files.write(&json)
    }

    /// What the seeds say together, for every exit that a way of training trains and that was scored.
    pub fn summaries(&self) -> Vec<Summary> {
        let of = |way: Way| way.exits().map(move |exit| (way, exit + 1));
        let all = Way::ALL.into_iter().flat_map(of);
        all.map(|(way, exit)| self.summary(way, exit))
            .filter(|summary| summary.seeds > 0)
            .collect()
    }

    fn summary(&self, way: Way, exit: usize) -> Summary {
        let of_exit = |score: &&Score| (score.way, score.exit) == (way, exit);
        let scores: Vec<&Score> = self.scores.iter().filter(of_exit).collect();
        let spread = |value: fn(&Score) -> f64| Spread::of(scores.iter().map(|score| value(score)));
        Summary {
            way,
            exit,
            seeds: scores.len(),
            error_percent: spread(Score::error_percent),
            nll: spread(|score| score.report.nll),
            brier: spread(|score| score.report.brier),
            ece_percent: spread(|score| 100.0 * score.report.ece),
            advantage_of_byot: Spread::of(advantage(&self.scores, exit, Way::Byot, way)),
        }
    }

    /// BYOT's errors fewer than deep supervision's at the shallowest exit, percentage points within a seed.
    pub fn advantage_at_the_shallowest(&self) -> Option<Spread> {
        Spread::of(advantage(&self.scores, 1, Way::Byot, Way::DeepSupervision))
    }

    /// Mean over seeds of each threshold: threshold, error percent, cost percent, and the share of images that leaves at
    /// each exit, percent.
    pub fn early_exits(&self, way: Way) -> Vec<EarlyExitMean> {
        let runs: Vec<&EarlyExits> = self.early_exits.iter().filter(|exits| exits.way == way).collect();
        let Some(first) = runs.first() else {
            return Vec::new();
        };
        let mean = |at: usize| {
            let rows = || runs.iter().map(|run| &run.rows[at]);
            let over = |value: &dyn Fn(&kd::self_distillation::EarlyExitRow) -> f64| {
                100.0 * rows().map(value).sum::<f64>() / runs.len() as f64
            };
            let images = |samples: &[usize]| samples.iter().sum::<usize>() as f64;
            EarlyExitMean {
                threshold: first.rows[at].threshold,
                error_percent: over(&|row| 1.0 - row.accuracy),
                cost_percent: over(&|row| row.cost),
                leaving_percent: std::array::from_fn(|exit| {
                    over(&|row| row.samples[exit] as f64 / images(&row.samples))
                }),
            }
        };
        (0..first.rows.len()).map(mean).collect()
    }
}

/// Mean over seeds of what a threshold costs, and what it is worth.
pub struct EarlyExitMean {
    /// How sure an exit has to be.
    pub threshold: f64,
    /// Share of errors, percent.
    pub error_percent: f64,
    /// Mean multiply-adds as a share of the deepest exit's alone, percent.
    pub cost_percent: f64,
    /// Share of the images that leaves at each exit, percent.
    pub leaving_percent: [f64; EXITS],
}
