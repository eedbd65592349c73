use burn::module::{Module, ModuleDisplay};

/// A network that learns: what it answers to an input, as a [`Teacher`](kd_core::Teacher) teaches.
///
/// ```
/// use burn::{module::Module, nn::Linear, tensor::Tensor};
/// use kd_train::Student;
///
/// #[derive(Module, Debug)]
/// struct Small {
///     layer: Linear,
/// }
///
/// impl Student<Tensor<2>> for Small {
///     type Output = Tensor<2>;
///
///     fn answer(&self, images: Tensor<2>) -> Tensor<2> {
///         self.layer.forward(images)
///     }
/// }
/// ```
pub trait Student<I>: Module + ModuleDisplay + 'static {
    /// What it answers: logits, or a struct of logits and features.
    type Output;

    /// Answers `input`.
    fn answer(&self, input: I) -> Self::Output;
}
