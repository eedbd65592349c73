use burn::{module::Module, tensor::Tensor};

use crate::{DistillLoss, FeatureProjector};

/// A loss on projected features: `loss(projector(student), teacher)`.
///
/// If projector and loss are Burn modules, so is this, and both train as a field of your own module.
///
/// # Example
///
/// A student of 64 hidden units learns from a teacher of 128:
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Distribution, Tensor}};
/// use kd_core::{DistillLoss, Projected};
///
/// # #[derive(burn::module::Module, Debug)]
/// # struct Mse;
/// # impl DistillLoss<Tensor<2>> for Mse {
/// #     fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
/// #         (student - teacher.without_autodiff()).square().mean_dim(1).squeeze_dim(1)
/// #     }
/// # }
/// let device = Device::flex().autodiff();
/// let hint = Projected::new(LinearConfig::new(64, 128).init(&device), Mse);
///
/// let student = Tensor::<2>::random([8, 64], Distribution::Default, &device);
/// let teacher = Tensor::<2>::random([8, 128], Distribution::Default, &device);
/// let gradients = hint.forward(student, teacher).backward();
/// assert!(hint.projector.weight.grad(&gradients).is_some());
/// ```
#[derive(Module, Debug)]
pub struct Projected<P, L> {
    /// Brings the student's features to the teacher's shape.
    pub projector: P,
    /// Compares the projected features with the teacher's.
    pub loss: L,
}

impl<P, L> Projected<P, L> {
    /// Puts `projector` before `loss`.
    pub fn new(projector: P, loss: L) -> Self {
        Self { projector, loss }
    }
}

impl<S, T, P, L> DistillLoss<S, T> for Projected<P, L>
where
    P: FeatureProjector<S>,
    L: DistillLoss<P::Output, T>,
{
    fn per_sample(&self, student: S, teacher: T) -> Tensor<1> {
        self.loss.per_sample(self.projector.project(student), teacher)
    }
}
