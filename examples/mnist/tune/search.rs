//! The search: every temperature with every alpha, judged by training images that nobody learned from.

use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use kd::tune::{Axis, Goal, Grid, Score, Search, Trial, Tuned};
use kd_examples::failure::Failure;
use kd_examples::interrupt::Interrupted;
use kd_examples::table::thousands;

use crate::distil::{Mix, distil};
use crate::lab::Lab;
use crate::train::{Run, Training};
use crate::tune::Say;
use crate::tune::plan::Plan;
use crate::tune::teachers::Teachers;

/// One point in so many goes on where points are halved.
const ETA: usize = 3;

/// Runs the search, or what is left of it, and keeps it in `folder`.
///
/// # Errors
///
/// [`Failure`] when the lab is interrupted, or something cannot be written or read; what is finished has been kept.
pub fn search(lab: &Lab, plan: &Plan, folder: &Path, say: Say<'_>) -> Result<Tuned, Failure> {
    let splits = lab.splits(plan.validation)?;
    // Neither test images nor held-out ones are among those that teacher and student learn from.
    let room = lab.held_out(&splits);
    let teachers = Teachers::new(&room, folder.join("teachers-of-search"));
    let axes = [
        Axis::temperature(plan.temperatures.iter().copied())?,
        Axis::alpha(plan.alphas.iter().copied())?,
    ];
    let name = format!("errors on {} validation images", thousands(plan.validation));
    let search = Search::new(name, Goal::Minimize, Grid::new(axes)?, splits)
        .with_seeds(plan.seeds.iter().copied())
        .with_halving(plan.epochs.iter().copied(), ETA);

    let journal = folder.join("search.json");
    let begun = AtomicUsize::new(Tuned::load(&journal).map_or(0, |before| before.trials().count()));
    let count = search.trial_count();
    let trial = |trial: &Trial| -> Result<Score, Failure> {
        let number = 1 + begun.fetch_add(1, Ordering::Relaxed);
        let (mix, seed) = (Mix::of(trial.point()), trial.seed());
        let [soft, _] = teachers.ask(seed)?;
        let run = Run {
            lab: &room,
            name: format!("{number}/{count}: {mix}"),
            seed,
        };
        let training = Training {
            epochs: trial.budget(),
            ..room.recipe.distillation
        };
        let student = room.fresh(&room.recipe.student, seed);
        let student = distil(&run, student, soft, &room.train, training, mix)?;
        let errors = room.ask(&student, &room.test).errors(&room.test);
        say(&format!("search {number} of {count}, {trial}: {errors} errors"));
        Ok(Score::new(errors as f64, trial.validation().iter().copied()))
    };
    search.run(&journal, trial).map_err(ended)
}

/// What ended a search: Ctrl-C as what it is, and not as a trial that failed.
fn ended(error: kd::Error) -> Failure {
    match error {
        kd::Error::Trial { source, .. } if is_interrupted(&*source) => Interrupted.into(),
        error => error.into(),
    }
}

fn is_interrupted(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref::<Failure>(), Some(Failure::Interrupted(_)))
}
