//! A training that was stopped, on the disk: weights, the optimizer's state, and how it went.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::optim::{ModuleOptimizer, OptimizerRecord};
use burn::store::{ModuleRecord, RecordError};
use burn::tensor::Bytes;
use kd::write_whole;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::course::Course;
use crate::failure::Failure;
use crate::unusable::Unusable;

/// The file that says which of the others count.
const INDEX: &str = "checkpoint.json";

/// Where checkpoints of one training are kept.
pub struct Checkpoints {
    folder: PathBuf,
    /// What is trained and how: a checkpoint of anything else is refused.
    plan: Value,
}

#[derive(Serialize, Deserialize)]
struct Index {
    plan: Value,
    course: Course,
}

impl Checkpoints {
    /// In this folder, for this plan.
    pub fn new(folder: PathBuf, plan: &impl Serialize) -> Self {
        Self {
            folder,
            plan: serde_json::to_value(plan).expect("a plan is JSON"),
        }
    }

    /// Keeps the state after a step. Whoever is interrupted here leaves the one before.
    ///
    /// # Errors
    ///
    /// [`Failure`] when there is no room.
    pub fn save<M: Module>(&self, module: &M, optimizer: &ModuleOptimizer, course: &Course) -> Result<(), Failure> {
        let keep = |file: &Path, bytes: Result<Bytes, RecordError>| -> Result<(), Failure> {
            let bytes = bytes.map_err(|error| Unusable::State {
                reason: error.to_string(),
            })?;
            Ok(write_whole(file, |temporary| fs::write(temporary, &*bytes))?)
        };
        let [weights, state] = self.files(course.steps);
        keep(&weights, module.clone().into_record().into_bytes())?;
        keep(&state, optimizer.into_bytes())?;
        let index = Index {
            plan: self.plan.clone(),
            course: course.clone(),
        };
        let index = serde_json::to_vec(&index).expect("an index is JSON");
        write_whole(self.folder.join(INDEX), |temporary| fs::write(temporary, &index))?;
        self.remove_all_but(&[weights, state]);
        Ok(())
    }

    /// The module and the optimizer as they were, and how far that is; as they are, if there is no checkpoint.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the checkpoint is of another training, or damaged.
    pub fn load<M: Module>(
        &self,
        module: M,
        optimizer: ModuleOptimizer,
    ) -> Result<(M, ModuleOptimizer, Course), Failure> {
        let path = self.folder.join(INDEX);
        let damaged = |path: &Path, reason: String| Unusable::Checkpoint {
            path: path.into(),
            reason,
        };
        let index = match fs::read(&path) {
            Ok(index) => index,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((module, optimizer, Course::default())),
            // Taken for none it would be written over.
            Err(error) => return Err(damaged(&path, error.to_string()).into()),
        };
        let index: Index = serde_json::from_slice(&index).map_err(|error| damaged(&path, error.to_string()))?;
        if index.plan != self.plan {
            return Err(Unusable::OtherPlan {
                path,
                found: index.plan,
                wanted: self.plan.clone(),
            }
            .into());
        }
        let [weights, state] = self.files(index.course.steps);
        let bytes = |path: &Path| {
            let bytes = fs::read(path).map_err(|error| damaged(path, error.to_string()))?;
            Ok::<_, Failure>(Bytes::from_bytes_vec(bytes))
        };
        let record =
            ModuleRecord::from_bytes(bytes(&weights)?).map_err(|error| damaged(&weights, error.to_string()))?;
        let module = module
            .try_load_record(record)
            .map_err(|error| damaged(&weights, error.to_string()))?;
        let record = OptimizerRecord::from_bytes(bytes(&state)?).map_err(|error| damaged(&state, error.to_string()))?;
        Ok((module, optimizer.load_record(record), index.course))
    }

    fn files(&self, steps: usize) -> [PathBuf; 2] {
        ["weights", "optimizer"].map(|name| self.folder.join(format!("{name}-{steps}.bpk")))
    }

    fn remove_all_but(&self, kept: &[PathBuf; 2]) {
        let Ok(files) = fs::read_dir(&self.folder) else {
            return;
        };
        let files = files.filter_map(|file| Some(file.ok()?.path()));
        for file in files.filter(|file| file.extension().is_some_and(|end| end == "bpk") && !kept.contains(file)) {
            let _ = fs::remove_file(file);
        }
    }
}

/// Removes the checkpoints in a folder: the training is finished, and what came of it is kept elsewhere.
pub fn remove(folder: &Path) {
    // What cannot be removed is in nobody's way.
    let _ = fs::remove_dir_all(folder);
}
