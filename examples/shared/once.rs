//! Work that is done once: what came of it lies in its folder, and a second run takes it from there.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use kd::write_whole;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::unusable::Unusable;
use crate::writable::check_writable;

/// The file that says that the work is done.
const DONE: &str = "done.json";

#[derive(Serialize, Deserialize)]
struct Done {
    plan: Value,
    result: Value,
}

/// What `work` gives, or gave in an earlier run with the same plan. The file is written last, so what else the work
/// leaves in the folder is whole when it is there.
///
/// # Errors
///
/// [`Failure`] when the work fails, the folder holds other work, or nothing can be written there.
pub fn once<T: Serialize + DeserializeOwned>(
    folder: &Path,
    plan: &impl Serialize,
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let path = folder.join(DONE);
    let plan = serde_json::to_value(plan).expect("a plan is JSON");
    let damaged = |reason: String| Unusable::Checkpoint {
        path: path.clone(),
        reason,
    };
    match fs::read(&path) {
        Ok(bytes) => {
            let done: Done = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
            if done.plan != plan {
                return Err(Unusable::OtherPlan {
                    path,
                    found: done.plan,
                    wanted: plan,
                }
                .into());
            }
            return Ok(serde_json::from_value(done.result).map_err(|error| damaged(error.to_string()))?);
        }
        // Taken for undone it would be done anew, and written over.
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(damaged(error.to_string()).into()),
        Err(_) => {}
    }
    check_writable(&path)?;
    let result = work()?;
    let done = Done {
        plan,
        result: serde_json::to_value(&result).expect("a result is JSON"),
    };
    let done = serde_json::to_vec_pretty(&done).expect("what was done is JSON");
    write_whole(&path, |temporary| fs::write(temporary, &done))?;
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_once_and_never_taken_for_other_work() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("deep");
        assert_eq!(once(&folder, &"plan", || Ok(7)).unwrap(), 7);
        assert_eq!(
            once(&folder, &"plan", || -> Result<i32, _> { panic!("it is done") }).unwrap(),
            7
        );
        let error = once(&folder, &"another", || Ok(8)).unwrap_err().to_string();
        assert!(error.contains("\"plan\"") && error.contains("\"another\""), "{error}");
        fs::write(folder.join(DONE), "{").unwrap();
        let error = once(&folder, &"plan", || Ok(8)).unwrap_err().to_string();
        assert!(error.contains("is damaged"), "{error}");
    }

    #[test]
    fn work_that_fails_is_not_done() {
        let folder = tempfile::tempdir().unwrap();
        let failing = || -> Result<i32, Failure> { Err(crate::interrupt::Interrupted.into()) };
        assert!(once(folder.path(), &1, failing).is_err());
        assert_eq!(once(folder.path(), &1, || Ok(3)).unwrap(), 3);
    }
}
