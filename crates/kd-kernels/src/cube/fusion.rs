//! The operations where Burn's `fusion` feature is on.
//!
//! Cube is then wrapped in `Fusion`, which queues operations to make fewer kernels of them. Whether it is on this crate
//! cannot know, since anyone in a build may turn it on; so it always has these. Ours are queued as they are.

use std::{fmt, marker::PhantomData};

use burn::{
    backend::{DType, TensorMetadata, tensor::FloatTensor},
    tensor::Shape,
};
use burn_fusion::{
    ExecutionError, Fusion, FusionBackend, FusionHandle, FusionTensor,
    custom::{CustomOpIr, HandleContainer, Operation, OperationIr, StreamId, TensorIr},
};

use crate::{Divergence, DivergenceBackend, GradientBackend};

impl<B: FusionBackend + DivergenceBackend> DivergenceBackend for Fusion<B> {
    fn divergence(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> FloatTensor<Self> {
        let values = values_of(&student.shape());
        let [values] = queue::<B, 1>(
            "kd_divergence",
            [student, teacher],
            [values],
            move |[student, teacher]| [B::divergence(student, teacher, divergence, temperature)],
        );
        values
    }
}

impl<B: FusionBackend + GradientBackend> GradientBackend for Fusion<B> {
    fn divergence_and_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let outputs = [values_of(&student.shape()), (student.shape(), student.dtype())];
        let operation = move |[student, teacher]: [FloatTensor<B>; 2]| {
            let (values, gradient) = B::divergence_and_gradient(student, teacher, divergence, temperature);
            [values, gradient]
        };
        let [values, gradient] = queue::<B, 2>("kd_divergence_and_gradient", [student, teacher], outputs, operation);
        (values, gradient)
    }

    fn scale_rows(gradient: FloatTensor<Self>, factors: FloatTensor<Self>) -> FloatTensor<Self> {
        let scaled = (gradient.shape(), gradient.dtype());
        let [scaled] = queue::<B, 1>("kd_scale_rows", [gradient, factors], [scaled], |[gradient, factors]| {
            [B::scale_rows(gradient, factors)]
        });
        scaled
    }
}

/// What the divergences of rows of this shape are: on Cube there are kernels for f32 and for half precision, whose values
/// are f32.
fn values_of(logits: &Shape) -> (Shape, DType) {
    let [rows, _classes] = logits.dims();
    ([rows].into(), DType::F32)
}

/// Queues an operation, of whose outputs nothing is known but shape and type until it has run.
fn queue<B: FusionBackend, const OUTPUTS: usize>(
    name: &'static str,
    inputs: [FloatTensor<Fusion<B>>; 2],
    outputs: [(Shape, DType); OUTPUTS],
    operation: impl Fn([FloatTensor<B>; 2]) -> [FloatTensor<B>; OUTPUTS] + Send + Sync + 'static,
) -> [FloatTensor<Fusion<B>>; OUTPUTS] {
    let client = inputs[0].client.clone();
    let inputs = inputs.map(FusionTensor::into_ir);
    let outputs = outputs.map(|(shape, dtype)| TensorIr::uninit(client.create_empty_handle(), shape, dtype));
    let description = OperationIr::Custom(CustomOpIr::new(name, &inputs, &outputs));
    let queued = Queued::<B, _, OUTPUTS> {
        name,
        inputs,
        outputs,
        operation,
        backend: PhantomData,
    };
    let outputs = client.register(StreamId::current(), description, queued);
    outputs.try_into().expect("there are as many tensors as were described")
}

/// An operation in the queue.
struct Queued<B, F, const OUTPUTS: usize> {
    name: &'static str,
    inputs: [TensorIr; 2],
    outputs: [TensorIr; OUTPUTS],
    operation: F,
    backend: PhantomData<B>,
}

impl<B, F, const OUTPUTS: usize> fmt::Debug for Queued<B, F, OUTPUTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<B, F, const OUTPUTS: usize> Operation<B::FusionRuntime> for Queued<B, F, OUTPUTS>
where
    B: FusionBackend,
    F: Fn([FloatTensor<B>; 2]) -> [FloatTensor<B>; OUTPUTS] + Send + Sync,
{
    fn execute(&self, handles: &mut HandleContainer<FusionHandle<B::FusionRuntime>>) -> Result<(), ExecutionError> {
        let inputs = self.inputs.each_ref().map(|input| handles.get_float_tensor::<B>(input));
        for (output, tensor) in self.outputs.iter().zip((self.operation)(inputs)) {
            handles.register_float_tensor::<B>(&output.id, tensor);
        }
        Ok(())
    }
}
