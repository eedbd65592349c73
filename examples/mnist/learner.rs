//! The same distillation in Burn's own training loop: what it needs to know of the network and the batches, and the call.

use std::sync::Arc;

use burn::module::Module;
use burn::prelude::*;
use burn::train::{Interrupter, Learner, SupervisedTraining};
use kd::prelude::*;
use kd::teacher_fn;
use kd::train::{Batch, Distillation, DistillationMetrics, Objective, ScheduledRate, Student};
use kd_examples::digits::Digits;
use kd_examples::interrupt::Interrupted;
use kd_examples::mlp::Mlp;
use kd_examples::plain_dashboard::shown;

use crate::batches::{Batches, Stop};
use crate::distil::{Mix, MixedLoss};
use crate::train::{Run, Training, optimizer, rows};

/// Images, and what the teacher has said of them.
#[derive(Clone)]
pub struct Seen {
    images: Tensor<2>,
    taught: Tensor<2>,
}

/// A step of Burn's training loop.
#[derive(Clone)]
pub struct Taught {
    seen: Seen,
    labels: Tensor<1, Int>,
}

impl Taught {
    /// All of these digits on `device`.
    fn new(digits: &Digits, taught: Tensor<2>, device: &Device) -> Self {
        Self {
            seen: Seen {
                images: digits.images(device),
                taught,
            },
            labels: digits.targets(device),
        }
    }

    /// Some of them.
    pub fn select(&self, chosen: &[usize]) -> Self {
        let rows = rows(chosen, &self.labels.device());
        Self {
            seen: Seen {
                images: self.seen.images.clone().select(0, rows.clone()),
                taught: self.seen.taught.clone().select(0, rows.clone()),
            },
            labels: self.labels.clone().select(0, rows),
        }
    }
}

impl Batch for Taught {
    type Input = Seen;

    fn input(&self) -> Seen {
        self.seen.clone()
    }

    fn labels(&self) -> Option<Tensor<1, Int>> {
        Some(self.labels.clone())
    }

    fn rows(&self) -> usize {
        self.labels.dims()[0]
    }
}

impl Student<Seen> for Mlp {
    type Output = Tensor<2>;

    fn answer(&self, seen: Seen) -> Tensor<2> {
        self.forward(seen.images)
    }
}

impl Objective<Tensor<2>, Taught> for MixedLoss {
    type Taught = Tensor<2>;

    fn terms(&self, student: Tensor<2>, teacher: Tensor<2>, batch: &Taught, _step: usize) -> LossTerms {
        MixedLoss::terms(self, student, teacher, batch.labels.clone())
    }
}

/// Trains `student` as [`distil`](crate::distil::distil) does, to the same bits on a CPU.
///
/// `teacher_logits` are what the teacher says of `digits`, and of the images that the lab glances at.
///
/// # Errors
///
/// [`Interrupted`] when the run is, by Ctrl-C or in the dashboard.
pub fn in_learner(
    run: &Run<'_>,
    student: Mlp,
    [taught, glance]: [Tensor<2>; 2],
    digits: &Digits,
    training: Training,
    mix: Mix,
) -> Result<Mlp, Interrupted> {
    let device = &run.lab.device;
    let interrupter = Interrupter::new();
    let stop = || Stop {
        asked: run.lab.interrupt.clone(),
        learner: interrupter.clone(),
    };
    let all = Taught::new(digits, taught, device);
    let train = Batches::shuffled(all, training.batch, run.seed, stop());
    let all = Taught::new(&run.lab.glance, glance, &run.lab.plain_device());
    let valid = Batches::in_order(all, training.batch, stop());
    // It was asked beforehand: the images are the same in every epoch.
    let teacher = teacher_fn(|seen: Seen| seen.taught);
    let model = Distillation::new(student, teacher, MixedLoss::new(mix, device));
    let rate = ScheduledRate::new(training.learning_rate_of(digits));

    let folder = tempfile::tempdir().expect("a folder for Burn's logs");
    let learning = SupervisedTraining::new(folder.path(), Arc::new(train), Arc::new(valid))
        .metrics(DistillationMetrics::new(["hard", "soft"]))
        .with_interrupter(interrupter)
        .with_application_logger(None)
        .num_epochs(training.epochs);
    let result = shown(learning, &run.name).launch(Learner::new(model, optimizer(), rate));
    if let Some(error) = result.error {
        panic!("Burn's training loop stopped: {error}");
    }
    match result.interrupted {
        Some(_) => Err(Interrupted),
        None => Ok(result.model.into_student().train()),
    }
}

#[cfg(test)]
mod tests {
    use kd_examples::interrupt::Interrupt;

    use super::*;
    use crate::bars::bars;
    use crate::distil::distil;
    use crate::lab::Lab;
    use crate::recipe::Recipe;

    /// To the bit, and so with the same errors.
    #[test]
    fn it_comes_to_the_same_student_as_the_loop_by_hand() {
        let _alone = kd_examples::alone::alone();
        let lab = Lab::new(Recipe::quick(), bars(200, 50), Device::flex(), Interrupt::default());
        let run = Run {
            lab: &lab,
            name: "bars".into(),
            seed: 3,
        };
        let student = lab.fresh(&lab.recipe.student, 1);
        let teacher = lab.fresh(&lab.recipe.teacher, 2).valid();
        let taught = teacher.forward(lab.train.images(&lab.plain_device()));
        let seen = teacher.forward(lab.glance.images(&lab.plain_device()));
        let (training, mix) = (
            lab.recipe.distillation,
            Mix {
                temperature: 3.0,
                alpha: 0.7,
            },
        );
        let by_hand = distil(&run, student.clone(), taught.clone(), &lab.train, training, mix).unwrap();
        let learned = in_learner(&run, student, [taught, seen], &lab.train, training, mix).unwrap();
        let answers = |model: Mlp| model.valid().forward(lab.test.images(&lab.plain_device())).into_data();
        assert_eq!(answers(learned), answers(by_hand));
    }
}
