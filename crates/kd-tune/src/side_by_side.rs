//! Trials that run at the same time, one on each device.

use std::{
    any::Any,
    error,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use kd_core::Error;

use crate::{Score, finished::Job, journal::Journal};

/// Why there is no score.
pub(crate) type Cause = Box<dyn error::Error + Send + Sync>;

/// Runs the jobs in their order, as many at a time as there are devices, and keeps each in the journal before its device
/// begins another. The first device's are run by the caller's thread, which has the larger stack, and what the thread keeps for itself.
///
/// When a job fails or cannot be kept, none is begun any more; those that run are waited for, and kept.
pub(crate) fn side_by_side<D: Sync>(
    devices: &[D],
    jobs: &[Job],
    journal: &mut Journal,
    run: impl Fn(&Job, &D) -> Result<Score, Cause> + Sync,
) -> Result<(), Error> {
    let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let ends = Mutex::new(Ends {
        journal,
        written: Ok(()),
        failed: None,
    });
    let work = |device: &D| {
        while !stopped.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(index) else { break };
            let ended = caught(|| run(job, device));
            let mut ends = ends.lock().expect("nobody panics who holds it");
            if !ends.keep(index, job, ended) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
    };
    let (work, (first, others)) = (&work, devices.split_first().expect("there is a device"));
    thread::scope(|scope| {
        for device in others {
            scope.spawn(move || work(device));
        }
        work(first);
    });
    ends.into_inner().expect("nobody panics who holds it").told(jobs)
}

/// How the jobs have ended.
struct Ends<'a> {
    journal: &'a mut Journal,
    /// How the last writing of the journal went, which writes what an earlier one could not.
    written: Result<(), Error>,
    /// The first job in order that failed, and why.
    failed: Option<(usize, Cause)>,
}

impl Ends<'_> {
    /// Whether others can be begun.
    fn keep(&mut self, index: usize, job: &Job, ended: Result<Score, Cause>) -> bool {
        match ended {
            Ok(score) => {
                self.written = self.journal.add(job.place, score.value());
                self.written.is_ok()
            }
            Err(cause) => {
                if self.failed.as_ref().is_none_or(|(first, _)| index < *first) {
                    self.failed = Some((index, cause));
                }
                false
            }
        }
    }

    fn told(self, jobs: &[Job]) -> Result<(), Error> {
        self.written?;
        self.failed.map_or(Ok(()), |(index, source)| {
            Err(Error::Trial {
                trial: jobs[index].to_string(),
                journal: self.journal.path().to_owned(),
                source,
            })
        })
    }
}

/// A panic as an error. Nothing that it may have left half done is used again, for no other trial is begun.
fn caught(run: impl FnOnce() -> Result<Score, Cause>) -> Result<Score, Cause> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|cause| Err(format!("it panicked: {}", words(&*cause)).into()))
}

/// What a panic said.
fn words(cause: &(dyn Any + Send)) -> &str {
    let literal = cause.downcast_ref::<&str>().copied();
    let words = literal.or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("without words")
}
