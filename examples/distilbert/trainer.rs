//! The training loop, the same for every step of the recipe: AdamW, a learning rate that rises and falls in a line, and
//! checkpoints to go on from.

mod losses;
mod run;

use std::path::Path;
use std::time::{Duration, Instant};

use burn::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamWConfig, GradientsAccumulator, GradientsParams};
use burn::prelude::*;
use kd::prelude::*;
use kd::seed_for;
use kd_examples::checkpoint::{self, Checkpoints};
use kd_examples::course::Course;
use kd_examples::failure::Failure;
use kd_examples::step_progress::StepProgress;
use kd_examples::unusable::Unusable;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use serde::Serialize;

use self::losses::{add, words};
pub use self::run::{Lesson, Run, Training};

/// Between two checkpoints.
const KEEP: Duration = Duration::from_secs(120);
/// Where they are, in the folder of the result.
const UNFINISHED: &str = "unfinished";

/// Trains `module`: every step goes down the slope of `lesson`'s losses. A training that was interrupted goes on where
/// it stopped; on Flex with no dropout it ends as if it had not been, to the last bit. One that was finished and whose
/// result was not kept is there again at once.
///
/// # Errors
///
/// [`Failure`] when it is interrupted, after a checkpoint, when there is nowhere to keep one, when a lesson fails, or
/// when a loss is no number any more.
pub fn train<M: Module, P: Serialize>(
    run: &Run<'_, P>,
    module: M,
    lesson: impl Fn(&M, usize) -> Result<Lesson, Failure>,
) -> Result<(M, Course), Failure> {
    train_in_pieces(run, module, |module, step, learn| {
        learn(lesson(module, step)?);
        Ok(())
    })
}

/// The same where a step comes in pieces: `lessons` hands them over one after the other, and each one's graph is gone before the
/// next is made. Gradients are added up, so what a piece hands over are its shares of the step's losses.
///
/// # Errors
///
/// As [`train`].
pub fn train_in_pieces<M: Module, P: Serialize>(
    run: &Run<'_, P>,
    module: M,
    lessons: impl Fn(&M, usize, &mut dyn FnMut(Lesson)) -> Result<(), Failure>,
) -> Result<(M, Course), Failure> {
    let Run { lab, training, .. } = run;
    let checkpoints = Checkpoints::new(run.folder.join(UNFINISHED), run.plan);
    // Per parameter, as Burn clips.
    let optimizer = AdamWConfig::new()
        .with_weight_decay(0.01)
        .with_epsilon(1e-6)
        .with_grad_clipping(Some(GradientClippingConfig::Norm(1.0)))
        .init();
    let (mut module, mut optimizer, mut course) = checkpoints.load(module, optimizer)?;
    let (begin, steps) = (course.steps, training.steps);
    let warm_up = steps.div_ceil(10);
    // One more than there are, so that the last step is one.
    let falling = Schedule::linear(training.learning_rate, 0.0, steps - warm_up + 1);
    let learning_rate = falling.warm_up(warm_up);
    let mut progress = StepProgress::new(&run.name, course.steps, steps);
    let mut kept = Instant::now();

    while course.steps < steps {
        if lab.interrupt.is_raised() || kept.elapsed() >= KEEP {
            checkpoints.save(&module, &optimizer, &course)?;
            kept = Instant::now();
        }
        lab.interrupt.check()?;
        let started = Instant::now();
        lab.device.seed(step_seed(training.seed, course.steps));
        let mut accumulator = GradientsAccumulator::new();
        let (mut losses, mut tokens) = (Vec::new(), 0);
        lessons(&module, course.steps, &mut |lesson: Lesson| {
            add(&mut losses, &lesson.terms);
            tokens += lesson.tokens;
            let gradients = lesson.terms.total().backward();
            accumulator.accumulate(&module, GradientsParams::from_grads(gradients, &module));
        })?;
        if let Some((loss, value)) = losses.iter().find(|(_, value)| !value.is_finite()) {
            return Err(Unusable::Diverged {
                training: run.name.clone(),
                loss: loss.clone(),
                value: *value,
                step: course.steps + 1,
            }
            .into());
        }
        module = optimizer.step(learning_rate.at(course.steps + 1), module, accumulator.grads());
        course.seconds += started.elapsed().as_secs_f64();
        course.add(&losses, tokens, steps);
        progress.step(|| words(&losses, &course));
    }
    // What is left to be done, such as to measure and to write, can fail and be interrupted as well.
    if course.steps > begin {
        checkpoints.save(&module, &optimizer, &course)?;
    }
    Ok((module, course))
}

/// What was trained in this folder is kept: there is nothing to go on from.
pub fn forget_checkpoints(folder: &Path) {
    checkpoint::remove(&folder.join(UNFINISHED));
}

/// Dropout of a step follows from the seed and the step alone.
fn step_seed(seed: u64, step: usize) -> u64 {
    const DROPOUT: usize = 2;
    StdRng::from_seed(seed_for(seed, &[DROPOUT, step])).next_u64()
}

#[cfg(test)]
mod tests {
    use burn::nn::{Linear, LinearConfig};
    use kd_examples::interrupt::Interrupt;

    use super::*;
    use crate::lab::Lab;

    const TRAINING: Training = Training {
        steps: 9,
        batch: 1,
        learning_rate: 0.05,
        seed: 3,
    };

    /// Trains a layer in this folder, with Ctrl-C pressed in this step.
    fn trained(folder: &Path, pressed: Option<usize>, plan: &str) -> Result<(Vec<f32>, Course), Failure> {
        let lab = Lab {
            device: Device::flex().autodiff(),
            interrupt: Interrupt::default(),
        };
        let run = Run {
            lab: &lab,
            name: "a layer".into(),
            training: &TRAINING,
            plan: &plan,
            folder: folder.into(),
        };
        let mut layer = LinearConfig::new(2, 1).with_bias(false).init(&lab.device);
        layer.weight = layer.weight.map(|weight| weight.zeros_like().detach().require_grad());
        let (layer, course) = train(&run, layer, |layer: &Linear, step| {
            if pressed == Some(step) {
                lab.interrupt.raise();
            }
            let x = Tensor::<2>::from_floats([[step as f32, 1.0]], &lab.device);
            let loss = (layer.forward(x) - 1.0).square().mean();
            Ok(Lesson {
                terms: LossTerms::new().with("square", 1.0, loss),
                tokens: 2,
            })
        })?;
        Ok((layer.weight.val().into_data().try_to_vec().unwrap(), course))
    }

    #[test]
    fn a_training_that_was_interrupted_ends_as_if_it_had_not_been() {
        let folder = tempfile::tempdir().unwrap();
        let (whole, _) = trained(&folder.path().join("whole"), None, "plan").unwrap();
        let other = folder.path().join("interrupted");
        assert!(matches!(trained(&other, Some(4), "plan"), Err(Failure::Interrupted(_))));
        assert!(matches!(trained(&other, Some(6), "plan"), Err(Failure::Interrupted(_))));
        let message = trained(&other, None, "another plan").unwrap_err().to_string();
        assert!(message.contains("\"another plan\""), "{message}");
        let (resumed, course) = trained(&other, None, "plan").unwrap();

        assert_eq!(resumed, whole);
        assert_eq!((course.steps, course.tokens, course.points.len()), (9, 18, 9));
        // Nothing is trained any more, and it is there until it is forgotten.
        let (again, _) = trained(&other, Some(0), "plan").unwrap();
        assert_eq!(again, whole);
        forget_checkpoints(&other);
        assert!(matches!(trained(&other, Some(0), "plan"), Err(Failure::Interrupted(_))));
    }

    #[test]
    fn a_loss_that_is_no_number_ends_the_training() {
        let folder = tempfile::tempdir().unwrap();
        let lab = Lab {
            device: Device::flex().autodiff(),
            interrupt: Interrupt::default(),
        };
        let run = Run {
            lab: &lab,
            name: "a layer".into(),
            training: &TRAINING,
            plan: &"plan",
            folder: folder.path().into(),
        };
        let layer = LinearConfig::new(2, 1).init(&lab.device);
        let lost = train(&run, layer, |layer: &Linear, step| {
            let x = Tensor::<2>::from_floats([[1.0, if step < 2 { 1.0 } else { f32::NAN }]], &lab.device);
            Ok(Lesson {
                terms: LossTerms::new().with("square", 1.0, layer.forward(x).square().mean()),
                tokens: 2,
            })
        });
        let message = lost.unwrap_err().to_string();
        assert!(message.contains("a layer: square is NaN at step 3"), "{message}");
    }

    #[test]
    fn a_damaged_checkpoint_is_told_and_left() {
        let folder = tempfile::tempdir().unwrap();
        assert!(trained(folder.path(), Some(4), "plan").is_err());
        let unfinished = folder.path().join("unfinished");
        std::fs::write(unfinished.join("weights-5.bpk"), b"half").unwrap();
        let message = trained(folder.path(), None, "plan").unwrap_err().to_string();
        assert!(
            message.contains("weights-5.bpk") && message.contains("is damaged"),
            "{message}"
        );
        assert!(unfinished.join("checkpoint.json").exists());
    }
}
