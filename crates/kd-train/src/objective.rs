use burn::module::{Module, ModuleDisplay};
use kd_core::LossTerms;

/// What the student learns of a batch: named, weighted losses between its answer and the teacher's.
///
/// It is a Burn module, so what it owns trains with the student: projectors, the variance of VID. `S` is what the student
/// answers and `B` the batch. [`SoftAndHard`](crate::SoftAndHard) is the usual one, for logits.
///
/// # Example
///
/// The teacher's logits, its features through a projector, and the labels:
///
/// ```
/// use burn::{module::Module, nn::Linear, tensor::{Int, Tensor}};
/// use kd_core::{DistillLoss, LossTerms, rows};
/// # use kd_core::check;
/// # use kd_train::Batch;
/// use kd_train::{Logits, Objective};
/// # #[derive(Module, Debug)]
/// # struct HintLoss;
/// # impl DistillLoss<Tensor<2>> for HintLoss {
/// #     fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
/// #         (student - teacher.without_autodiff()).square().mean_dim(1).squeeze_dim(1)
/// #     }
/// # }
/// # struct Images { images: Tensor<2>, labels: Tensor<1, Int> }
/// # impl Batch for Images {
/// #     type Input = Tensor<2>;
/// #     fn input(&self) -> Tensor<2> { self.images.clone() }
/// #     fn rows(&self) -> usize { self.images.dims()[0] }
/// # }
///
/// /// What both networks answer.
/// struct Answer {
///     hidden: Tensor<2>,
///     logits: Tensor<2>,
/// }
///
/// #[derive(Module, Debug)]
/// struct HintAndLabels {
///     projector: Linear,
///     hint: HintLoss,
/// }
///
/// impl Objective<Answer, Images> for HintAndLabels {
///     type Taught = Answer;
///
///     fn terms(&self, student: Answer, teacher: Answer, batch: &Images, _step: usize) -> LossTerms {
///         let hint = self.hint.forward(self.projector.forward(student.hidden), teacher.hidden);
///         let hard = rows::cross_entropy(student.logits, batch.labels.clone()).mean();
///         LossTerms::new().with("hint", 0.5, hint).with("hard", 1.0, hard)
///     }
/// }
/// ```
pub trait Objective<S, B>: Module + ModuleDisplay + 'static {
    /// What the teacher has to say.
    type Taught;

    /// Compares student and teacher: every term a mean over the batch's [rows](crate::Batch::rows).
    ///
    /// `step` counts the optimizer's steps from 0, over the whole training: it is what a
    /// [`Schedule`](kd_core::Schedule) is asked at. All pieces of a step have the same.
    fn terms(&self, student: S, teacher: Self::Taught, batch: &B, step: usize) -> LossTerms;

    /// What a checkpoint knows the objective by: a run is taken up by an objective of the same mark alone. As it is, that is how
    /// it shows itself (`Display`); an objective that shows less than it is, or otherwise from version to version, says its own.
    fn mark(&self) -> String {
        self.format(Default::default())
    }
}
