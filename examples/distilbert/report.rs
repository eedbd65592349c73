//! The results as JSON.

use kd::Error;
use kd_examples::burn_version::burn_version;
use kd_examples::failure::Failure;
use kd_examples::result_files::ResultFiles;
use serde::Serialize;

use crate::keeper::{Distilled, Embedded, Keeper, Prepared};
use crate::options::StudyOptions;
use crate::recipe::Recipe;
use crate::score::{Score, Who};

/// All there is to know about a run, from its command line to its last number.
#[derive(Serialize)]
pub struct Report {
    program: &'static str,
    version: &'static str,
    burn: &'static str,
    command: Vec<String>,
    options: StudyOptions,
    /// What was trained, and how.
    pub recipe: Recipe,
    /// Whether everything is finished.
    pub complete: bool,
    /// The teacher.
    pub teacher: Option<Prepared>,
    /// The students.
    pub students: Vec<Distilled>,
    /// The sentence encoders.
    pub encoders: Vec<Embedded>,
    /// One per task, seed and network.
    pub scores: Vec<Score>,
    #[serde(skip)]
    files: ResultFiles,
}

impl Report {
    /// An empty one, to be written where the options say.
    pub fn new(options: StudyOptions, recipe: Recipe) -> Self {
        Self {
            program: "distilbert",
            version: env!("CARGO_PKG_VERSION"),
            burn: burn_version(),
            command: std::env::args_os()
                .skip(1)
                .map(|argument| argument.to_string_lossy().into())
                .collect(),
            files: options.run.result_files("distilbert"),
            options,
            recipe,
            complete: false,
            teacher: None,
            students: Vec::new(),
            encoders: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// Who has learned this task, in the order of the table.
    pub fn learners<'a>(&'a self, task: &'a str) -> impl Iterator<Item = Who> + 'a {
        let learned = move |who: &Who| {
            let mut scores = self.scores.iter();
            scores.any(|score| score.task == task && score.who == *who)
        };
        Who::ALL.into_iter().filter(learned)
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
        let json = serde_json::to_value(self).expect("a report has nothing that JSON lacks");
        self.files.write(&json)
    }
}

impl Keeper for Report {
    fn prepared(&mut self, prepared: Prepared) -> Result<(), Failure> {
        println!("teacher: {:.3} nats for each hidden token", prepared.cross_entropy);
        self.teacher = Some(prepared);
        Ok(self.write()?)
    }

    fn distilled(&mut self, distilled: Distilled) -> Result<(), Failure> {
        println!(
            "student, {}: {:.3} nats for each hidden token",
            distilled.variation.name(),
            distilled.cross_entropy
        );
        self.students.push(distilled);
        Ok(self.write()?)
    }

    fn scored(&mut self, score: Score) -> Result<(), Failure> {
        println!(
            "{}, seed {}, {}: {} ({:.0} s)",
            score.task,
            score.seed,
            score.who.name(),
            score.report,
            score.seconds
        );
        self.scores.push(score);
        Ok(self.write()?)
    }

    fn embedded(&mut self, embedded: Embedded) -> Result<(), Failure> {
        println!("sentence encoder, {}: {}", embedded.loss.name(), embedded.after);
        self.encoders.push(embedded);
        Ok(self.write()?)
    }
}
