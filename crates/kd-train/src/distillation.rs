use std::{fmt, sync::Arc};

use burn::{
    module::{Devices, Module, ModuleMapper, ModuleVisitor},
    store::{ModuleRecord, RecordError},
    tensor::Device,
};
use kd_core::Teacher;

use crate::{Batch, Objective, Student, read_at_once::read_at_once, steps::Steps};

/// Student, teacher and objective as one model for Burn's training loop.
///
/// It is a [`TrainStep`](burn::train::TrainStep) and an [`InferenceStep`](burn::train::InferenceStep), so
/// [`SupervisedTraining`](burn::train::SupervisedTraining) trains it like any model: with its dashboard, its checkpoints, its
/// learning rates, its strategies for several devices. See the [crate](crate) for a whole program.
///
/// # What is trained and saved
///
/// As a [`Module`], it is the student, the objective (with its projectors) and a count of steps. The teacher is none of
/// it: no optimizer sees it, no checkpoint holds it, and [`to_device`](Module::to_device) leaves it where it is. Where the
/// student trains elsewhere, or on several devices, wrap it in [`OnDevice`](kd_core::OnDevice) or
/// [`Replicas`](kd_core::Replicas).
///
/// # Steps made of several pieces
///
/// Burn's learner *adds* the gradients of the pieces that make a step: with `grads_accumulation`, and of the devices of
/// `ExecutionStrategy::MultiDevice`. Means added up are not the mean of the whole.
/// [`with_step_rows`](Self::with_step_rows) makes them so.
///
/// # Checkpoints
///
/// A record is loaded into a model of the same student and the same objective, as Burn's `checkpoint(epoch)` does.
///
/// - Other parameters, such as a projector more or less, are refused with their names, by Burn.
/// - An objective of another [mark](Objective::mark) (other temperatures, weights, schedules) is refused too: the run
///   would go on as something else, and nobody would notice.
///
/// To learn on with another objective on purpose, load the record into the old one, take the student out of it with
/// [`into_student`](Self::into_student), and put it into a new `Distillation`.
pub struct Distillation<B, M, O>
where
    B: Batch,
    M: Student<B::Input>,
    O: Objective<M::Output, B>,
{
    pub(crate) trained: Trained<M, O>,
    pub(crate) teacher: SharedTeacher<B::Input, O::Taught>,
    pub(crate) step_rows: Option<usize>,
}

/// The clones that a training loop makes at every step share one teacher.
pub(crate) type SharedTeacher<I, T> = Arc<dyn Teacher<I, Output = T> + Send + Sync>;

/// All that has parameters.
#[derive(Module, Debug)]
pub(crate) struct Trained<M: Module, O: Module> {
    pub(crate) student: M,
    pub(crate) objective: O,
    pub(crate) steps: Steps,
}

impl<B, M, O> Distillation<B, M, O>
where
    B: Batch,
    M: Student<B::Input>,
    O: Objective<M::Output, B>,
{
    /// `student` is to learn from `teacher` by `objective`.
    ///
    /// From here on the process reads tensors back when it is told to, and not later (`burn_std::RuntimeKind::Async`), so
    /// that on Cube devices too a checkpoint of the optimizer is of the epoch's end and not of the step after it.
    ///
    /// # Panics
    ///
    /// If the student has no parameters.
    #[track_caller]
    pub fn new(
        student: M,
        teacher: impl Teacher<B::Input, Output = O::Taught> + Send + Sync + 'static,
        objective: O,
    ) -> Self {
        let devices = student.devices();
        let device = devices
            .first()
            .expect("Distillation: the student has no parameters, so there is nothing to train");
        read_at_once();
        let steps = Steps::new(&objective.mark(), &device.clone().without_autodiff());
        Self {
            trained: Trained {
                student,
                objective,
                steps,
            },
            teacher: Arc::new(teacher),
            step_rows: None,
        }
    }

    /// For steps that are made of several pieces: `rows` samples in all of them together, over all devices.
    ///
    /// A piece's loss then counts by its share of them, `piece's rows / rows`, so that the sum of the pieces' gradients,
    /// which is what Burn's learner makes, is the gradient of the mean over the whole step, however unequal the pieces. An
    /// epoch's last step, where it is shorter, counts less, by the samples it has. What is logged is not scaled.
    ///
    /// ```text
    /// Learner:   batches of 32, grads_accumulation(4)          with_step_rows(128)
    /// Learner:   batches of 32 on 2 devices (MultiDevice)      with_step_rows(64)
    /// Learner:   batches of 32 on 2 devices (DDP, Sum)         with_step_rows(64)
    /// Learner:   batches of 32 on 2 devices (DDP, Mean)        with_step_rows(32)
    /// ```
    ///
    /// It is exact for losses that are means over samples, where every step has as many of them. With masks, the rows that
    /// count differ from step to step, and a step with fewer counts less, as an epoch's last does. Losses that compare the
    /// samples of a batch with one another (RKD, SP, CKA and their like) see only the pieces.
    ///
    /// # Panics
    ///
    /// If `rows` is 0.
    #[track_caller]
    pub fn with_step_rows(mut self, rows: usize) -> Self {
        assert!(
            rows > 0,
            "Distillation: a step of 0 rows learns nothing; say how many samples a step has in all its pieces"
        );
        self.step_rows = Some(rows);
        self
    }

    /// The student as it is now.
    pub fn student(&self) -> &M {
        &self.trained.student
    }

    /// The objective, with what it trains.
    pub fn objective(&self) -> &O {
        &self.trained.objective
    }

    /// How many steps the optimizer has taken.
    pub fn steps(&self) -> usize {
        self.trained.steps.taken()
    }

    /// The student alone: a plain module, without projectors, as it is saved and used from here on.
    pub fn into_student(self) -> M {
        self.trained.student
    }

    /// The same with other parameters.
    pub(crate) fn with_trained(&self, trained: Trained<M, O>) -> Self {
        Self {
            trained,
            teacher: self.teacher.clone(),
            step_rows: self.step_rows,
        }
    }

    fn change(self, change: impl FnOnce(Trained<M, O>) -> Trained<M, O>) -> Self {
        Self {
            trained: change(self.trained),
            ..self
        }
    }
}

impl<B, M, O> Module for Distillation<B, M, O>
where
    B: Batch,
    M: Student<B::Input>,
    O: Objective<M::Output, B>,
{
    fn collect_devices(&self, devices: Devices) -> Devices {
        self.trained.collect_devices(devices)
    }

    fn fork(self, device: &Device) -> Self {
        self.change(|trained| trained.fork(device))
    }

    fn to_device(self, device: &Device) -> Self {
        self.change(|trained| trained.to_device(device))
    }

    fn train(self) -> Self {
        self.change(Trained::train)
    }

    fn valid(&self) -> Self {
        self.with_trained(self.trained.valid())
    }

    fn materialize(self) -> Self {
        self.change(Trained::materialize)
    }

    fn visit<V: ModuleVisitor>(&self, visitor: &mut V) {
        self.trained.visit(visitor);
    }

    fn map<P: ModuleMapper>(self, mapper: &mut P) -> Self {
        self.change(|trained| trained.map(mapper))
    }

    fn try_load_record(self, record: ModuleRecord) -> Result<Self, RecordError> {
        let mut trained = self.trained.clone().try_load_record(record)?;
        trained.steps = trained.steps.loaded().ok_or_else(|| {
            RecordError::Validation(format!(
                "Distillation: the checkpoint is of another objective; go on with the one it was made with, or load it into that \
                 one and take the student out with `into_student`. This one is {}",
                self.trained.objective.mark()
            ))
        })?;
        Ok(self.with_trained(trained))
    }
}

impl<B, M, O> Clone for Distillation<B, M, O>
where
    B: Batch,
    M: Student<B::Input>,
    O: Objective<M::Output, B>,
{
    fn clone(&self) -> Self {
        self.with_trained(self.trained.clone())
    }
}

impl<B, M, O> fmt::Debug for Distillation<B, M, O>
where
    B: Batch,
    M: Student<B::Input>,
    O: Objective<M::Output, B>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Distillation")
            .field("trained", &self.trained)
            .field("step_rows", &self.step_rows)
            .finish_non_exhaustive()
    }
}

impl<B, M, O> fmt::Display for Distillation<B, M, O>
where
    B: Batch,
    M: Student<B::Input>,
    O: Objective<M::Output, B>,
{
    /// As Burn shows modules: student, objective, parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.trained.fmt(f)
    }
}
