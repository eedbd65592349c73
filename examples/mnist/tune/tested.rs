//! What was tested, on the disk from the moment it is there.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use kd::{Error, write_whole};
use kd_examples::failure::Failure;
use kd_examples::unusable::Unusable;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::distil::Mix;
use crate::tune::plan::Plan;

/// A network that is tested.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contender {
    /// The large one.
    Teacher,
    /// The small one, which learned from the labels.
    Alone,
    /// The small one, which learned from the teacher.
    Distilled(Mix),
}

impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Teacher => f.write_str("teacher"),
            Self::Alone => f.write_str("student alone"),
            Self::Distilled(mix) => mix.fmt(f),
        }
    }
}

/// How a network did on the test images.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// The seed of teacher and students.
    pub seed: u64,
    /// The network.
    pub who: Contender,
    /// Images tested on.
    pub images: usize,
    /// Wrong answers among them.
    pub errors: usize,
    /// Answers that are those of the teacher of its seed, right or wrong.
    pub agreed: usize,
}

/// All that were tested under one plan, and the file they are in.
pub struct Tests {
    path: PathBuf,
    kept: Kept,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    plan: Value,
    tested: Vec<Tested>,
}

impl Tests {
    /// Begins a file, or goes on with one of the same plan.
    ///
    /// # Errors
    ///
    /// [`Unusable::OtherPlan`] if it is of another plan, [`Unusable::Checkpoint`] if it is damaged, [`Error::Write`] if it
    /// cannot be written.
    pub fn open(path: PathBuf, plan: &Plan) -> Result<Self, Failure> {
        let plan = serde_json::to_value(plan).expect("a plan is JSON");
        let kept = match fs::read(&path) {
            Ok(kept) => serde_json::from_slice(&kept).map_err(|error| damaged(&path, error.to_string()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Kept {
                plan: plan.clone(),
                tested: Vec::new(),
            },
            // Taken for none it would be written over.
            Err(error) => return Err(damaged(&path, error.to_string()).into()),
        };
        if kept.plan != plan {
            return Err(Unusable::OtherPlan {
                path,
                found: kept.plan,
                wanted: plan,
            }
            .into());
        }
        let tests = Self { path, kept };
        tests.write()?;
        Ok(tests)
    }

    /// How this network did with this seed, if it was tested.
    pub fn of(&self, seed: u64, who: Contender) -> Option<Tested> {
        let mut tested = self.kept.tested.iter();
        tested.find(|test| test.seed == seed && test.who == who).copied()
    }

    /// Keeps one more.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when the system refuses.
    pub fn keep(&mut self, tested: Tested) -> Result<(), Error> {
        self.kept.tested.push(tested);
        self.write()
    }

    fn write(&self) -> Result<(), Error> {
        let json = serde_json::to_vec_pretty(&self.kept).expect("what is kept is JSON");
        write_whole(&self.path, |temporary| fs::write(temporary, &json))
    }
}

fn damaged(path: &Path, reason: String) -> Unusable {
    Unusable::Checkpoint {
        path: path.into(),
        reason,
    }
}
