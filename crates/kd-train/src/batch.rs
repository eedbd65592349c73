use burn::tensor::{Bool, Int, Tensor};

/// What a step learns from: implement it for the batch that your batcher makes.
pub trait Batch: Send + 'static {
    /// What the networks see; a struct of both, where student and teacher see different things.
    type Input;

    /// What the networks see. It is asked for once for the teacher and once for the student.
    fn input(&self) -> Self::Input;

    /// The true classes, `[rows]`, where they are known: for the metrics, and for an objective that learns from them.
    fn labels(&self) -> Option<Tensor<1, Int>> {
        None
    }

    /// Which rows of the logits the metrics count, `[rows]`, if not all: no padding, say. Of those that do not count the labels may
    /// be anything.
    fn counted(&self) -> Option<Tensor<1, Bool>> {
        None
    }

    /// How many samples the objective's means are over: with a mask, those that count. It matters where a step is made of
    /// several pieces ([`Distillation::with_step_rows`](crate::Distillation::with_step_rows)).
    fn rows(&self) -> usize;
}
