use std::fmt;

use burn::{
    module::{Flag, Module, ModuleMapper, Param},
    tensor::{Device, FloatDType},
};

use crate::{OffGraph, Teacher, cast_floats::CastFloats, check};

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
    statistics: Statistics,
}

/// What batch normalisation normalises with.
#[derive(Clone, Copy)]
enum Statistics {
    Running,
    Batch,
}

impl<M: Module, F> Frozen<M, F> {
    /// Freezes `module`; `run` says how it turns an input into what is taught.
    pub fn new<I, O>(module: M, run: F) -> Self
    where
        F: Fn(&M, I) -> O,
        O: OffGraph,
    {
        Self {
            module: module.valid(),
            run,
            statistics: Statistics::Running,
        }
    }

    /// Freezes `module`, but lets batch normalisation use the statistics of each batch: what a few methods ask of their
    /// teacher on purpose (Heo and others, 2019, the overhaul of feature distillation).
    ///
    /// Nothing else is different. The running statistics are neither used nor changed, dropout is off, and what is taught
    /// is a constant. But samples of a batch now depend on one another, and Burn's batch normalisation uses batch
    /// statistics on an autodiff device alone: make `module` and its input there, as for a student. Where what comes to a
    /// normalisation is off the graph, it uses its running statistics, and nothing says so. The input comes to `run` as it is,
    /// so it should not be tracked, or the pass is recorded for nothing.
    ///
    /// Batch normalisation is known by the name of its type: Burn's [`BatchNorm`](burn::nn::BatchNorm), and a struct of your
    /// own if that is its name.
    ///
    /// ```
    /// use burn::{nn::{BatchNorm, BatchNormConfig}, tensor::{Device, Tensor}};
    /// use kd_core::{Frozen, Teacher};
    ///
    /// let device = Device::flex().autodiff();
    /// let run = |norm: &BatchNorm, x: Tensor<2>| norm.forward(x);
    /// let teacher = Frozen::with_batch_statistics(BatchNormConfig::new(1).init(&device), run);
    ///
    /// // The batch has mean 3 and deviation 1; the running statistics, 0 and 1, would leave it as it is.
    /// let taught = teacher.teach(Tensor::from_floats([[2.0], [4.0]], &device));
    /// let expected = Tensor::<2>::from_floats([[-1.0], [1.0]], &Device::flex());
    /// taught.into_data().assert_approx_eq::<f32>(&expected.into_data(), Default::default());
    /// ```
    pub fn with_batch_statistics<I, O>(module: M, run: F) -> Self
    where
        F: Fn(&M, I) -> O,
        O: OffGraph,
    {
        Self {
            module: module.valid().no_grad().map(&mut NormsTrain::default()),
            run,
            statistics: Statistics::Batch,
        }
    }

    /// The same teacher with its floats in another type, cast once: half the memory, and on devices that have the units for it a
    /// multiple of the speed.
    ///
    /// What it teaches comes out in that type, and every loss of the family widens it. A network of half precision wants its floats in
    /// half precision, so `run` casts its input, unless that is tokens:
    ///
    /// ```
    /// use burn::{nn::{Linear, LinearConfig}, tensor::{DType, Device, FloatDType, Tensor}};
    /// use kd_core::{Frozen, Teacher};
    ///
    /// let device = Device::flex().autodiff();
    /// let run = |network: &Linear, images: Tensor<2>| network.forward(images.cast(network.weight.dtype()));
    /// let teacher = Frozen::new(LinearConfig::new(784, 10).init(&device), run).in_precision(FloatDType::BF16);
    /// assert_eq!(teacher.teach(Tensor::ones([8, 784], &device)).dtype(), DType::BF16);
    /// ```
    ///
    /// Weights are rounded to 8 bits (bf16) or 11 (f16, up to 65,504), and so is whatever the network computes on the way. Running
    /// statistics are cast as well; quantised weights stay as they are.
    ///
    /// # Panics
    ///
    /// If its device does not compute in the type; `device.supports_dtype` tells.
    #[track_caller]
    pub fn in_precision(self, dtype: FloatDType) -> Self {
        check::computes_in("Frozen::in_precision", &self.module.devices(), dtype);
        Self {
            // Clones share running statistics; `valid` gives the cast ones to this teacher alone.
            module: self.module.valid().map(&mut CastFloats(dtype)),
            ..self
        }
    }

    /// The same teacher with its parameters on `device`, for [`OnDevice`](crate::OnDevice) and [`Replicas`](crate::Replicas). Clones
    /// stay where they are.
    pub fn to_device(self, device: &Device) -> Self {
        Self {
            // Clones share running statistics, and `to_device` would move them for all; `valid` gives this teacher its own.
            module: self.module.valid().to_device(device),
            ..self
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
        match self.statistics {
            Statistics::Running => (self.run)(&self.module, input.off_graph()),
            // `train` copies the running statistics, so what this pass does to them is dropped with the copy.
            Statistics::Batch => (self.run)(&self.module.clone().train(), input),
        }
        .off_graph()
    }
}

/// Sets what is in training mode after `train`: batch normalisation, and nothing else.
#[derive(Default)]
struct NormsTrain {
    containers: Vec<String>,
}

impl ModuleMapper for NormsTrain {
    fn enter_module(&mut self, _name: &str, container_type: &str) {
        self.containers.push(container_type.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.containers.pop();
    }

    fn map_flag(&mut self, flag: Param<Flag>) -> Param<Flag> {
        let is_norm = self.containers.last().is_some_and(|last| last == "Struct:BatchNorm");
        flag.with_value(is_norm)
    }
}

impl<M: fmt::Debug, F> fmt::Debug for Frozen<M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Frozen").field(&self.module).finish()
    }
}
