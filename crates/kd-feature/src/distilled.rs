use burn::module::Module;

/// A student and what it is trained with: projectors, or losses that have weights.
///
/// It is a Burn module, so that one optimizer trains both; only the student is kept.
///
/// # Example
///
/// ```
/// use burn::{module::Module, nn::LinearConfig, optim::{GradientsParams, SgdConfig}, tensor::Tensor};
/// use kd_core::{DistillLoss, Projected};
/// use kd_feature::{Distilled, HintLossConfig};
///
/// # let device = burn::tensor::Device::flex().autodiff();
/// let student = LinearConfig::new(8, 4).init(&device);
/// let parameters = student.num_params();
/// // The teacher's features are 6 wide.
/// let hint = Projected::new(LinearConfig::new(4, 6).init(&device), HintLossConfig::new().init());
/// let mut model = Distilled::new(student, hint);
///
/// let features = model.student.forward(Tensor::<2>::ones([16, 8], &device));
/// let loss = model.distiller.forward(features, Tensor::<2>::ones([16, 6], &device));
/// let gradients = GradientsParams::from_grads(loss.backward(), &model);
/// model = SgdConfig::new().init().step(0.1, model, gradients);
///
/// assert_eq!(model.into_student().num_params(), parameters);
/// ```
#[derive(Module, Debug)]
pub struct Distilled<M, D> {
    /// What is kept.
    pub student: M,
    /// What is not: [`FeaturePairs`](crate::FeaturePairs), or any module.
    pub distiller: D,
}

impl<M, D> Distilled<M, D> {
    /// Puts them side by side.
    pub fn new(student: M, distiller: D) -> Self {
        Self { student, distiller }
    }

    /// The student alone.
    pub fn into_student(self) -> M {
        self.student
    }
}
