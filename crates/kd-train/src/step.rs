use burn::{
    optim::{
        GradientsParams, ModuleOptimizer, MultiGradientsParams, lr_scheduler::module_lr_scheduler::ModuleLearningRate,
    },
    train::{InferenceStep, TrainOutput, TrainStep},
};

use crate::{Batch, Distillation, DistillationOutput, Logits, Objective, Student};

impl<B, M, O> Distillation<B, M, O>
where
    B: Batch,
    M: Student<B::Input, Output: Logits>,
    O: Objective<M::Output, B, Taught: Logits>,
{
    /// Lets teacher and student answer, and compares them.
    fn compare(&self, batch: &B) -> DistillationOutput {
        let taught = self.teacher.teach(batch.input());
        let answer = self.trained.student.answer(batch.input());
        let (student, teacher) = (answer.logits(), taught.logits());
        let terms = self.trained.objective.terms(answer, taught, batch, self.steps());
        DistillationOutput {
            loss: terms.total(),
            terms,
            student,
            teacher,
            labels: batch.labels(),
            counted: batch.counted(),
            rows: batch.rows(),
        }
    }

    fn advanced(mut self) -> Self {
        self.trained.steps = self.trained.steps.advance();
        self
    }
}

impl<B, M, O> TrainStep for Distillation<B, M, O>
where
    B: Batch,
    M: Student<B::Input, Output: Logits>,
    O: Objective<M::Output, B, Taught: Logits>,
{
    type Input = B;
    type Output = DistillationOutput;

    fn step(&self, batch: B) -> TrainOutput<DistillationOutput> {
        let output = self.compare(&batch);
        let loss = match self.step_rows {
            Some(rows) => output.loss.clone() * (batch.rows() as f64 / rows as f64),
            None => output.loss.clone(),
        };
        TrainOutput::new(self, loss.backward(), output)
    }

    fn optimize(self, optim: &mut ModuleOptimizer, lr_module: ModuleLearningRate, grads: GradientsParams) -> Self {
        optim.step(lr_module, self, grads).advanced()
    }

    fn optimize_multi(
        self,
        optim: &mut ModuleOptimizer,
        lr_module: ModuleLearningRate,
        grads: MultiGradientsParams,
    ) -> Self {
        optim.step_multi(lr_module, self, grads).advanced()
    }
}

impl<B, M, O> InferenceStep for Distillation<B, M, O>
where
    B: Batch,
    M: Student<B::Input, Output: Logits>,
    O: Objective<M::Output, B, Taught: Logits>,
{
    type Input = B;
    type Output = DistillationOutput;

    fn step(&self, batch: B) -> DistillationOutput {
        self.compare(&batch)
    }
}
