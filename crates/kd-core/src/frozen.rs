use std::fmt;

use burn::module::Module;

use crate::{OffGraph, Teacher};

/// Any Burn module as a [`Teacher`] that cannot change.
///
/// The module goes through [`valid`](Module::valid) once, when the teacher is made. From then on
///
/// - dropout is off and batch normalisation uses its running statistics and leaves them alone (`no_grad` would not do
///   that: it stops gradients only);
/// - it runs off the autodiff graph and records nothing, even if its input is tracked;
/// - it reaches no optimizer and no checkpoint, since a `Frozen` is not a [`Module`] and cannot be a module's field:
///
/// ```compile_fail
/// # use burn::{module::Module, nn::Linear, tensor::Tensor};
/// # use kd_core::Frozen;
/// #[derive(Module, Debug)]
/// struct StudentWithTeacher {
///     student: Linear,
///     teacher: Frozen<Linear, fn(&Linear, Tensor<2>) -> Tensor<2>>,
/// }
/// ```
///
/// # Example
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Tensor}};
/// use kd_core::{Frozen, Teacher};
///
/// let device = Device::flex().autodiff();
/// let network = LinearConfig::new(784, 10).init(&device);
/// let teacher = Frozen::new(network, |network, images: Tensor<2>| network.forward(images));
///
/// let logits = teacher.teach(Tensor::ones([8, 784], &device).require_grad());
/// assert_eq!(logits.dims(), [8, 10]);
/// assert!(!logits.is_autodiff());
/// ```
#[derive(Clone)]
pub struct Frozen<M, F> {
    module: M,
    run: F,
}

impl<M: Module, F> Frozen<M, F> {
    /// Freezes `module`; `run` says how it turns an input into what is taught.
    pub fn new<I, O>(module: M, run: F) -> Self
    where
        F: Fn(&M, I) -> O,
    {
        Self {
            module: module.valid(),
            run,
        }
    }

    /// The frozen module, to look at: its number of parameters, its devices.
    pub fn module(&self) -> &M {
        &self.module
    }
}

impl<M, F, I, O> Teacher<I> for Frozen<M, F>
where
    M: Module,
    F: Fn(&M, I) -> O,
    I: OffGraph,
    O: OffGraph,
{
    type Output = O;

    fn teach(&self, input: I) -> O {
        (self.run)(&self.module, input.off_graph()).off_graph()
    }
}

impl<M: fmt::Debug, F> fmt::Debug for Frozen<M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Frozen").field(&self.module).finish()
    }
}
