//! The gradient. It is made in the forward pass, where the rows are at hand, and only scaled in the backward pass.

use burn::backend::{
    Autodiff,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind, unary},
    },
    tensor::FloatTensor,
};

use crate::{Divergence, DivergenceBackend, GradientBackend};

/// Of an operation that makes a value of each row, and each row's gradient with it.
#[derive(Debug)]
pub(crate) struct RowsBackward;

impl<B: GradientBackend> Backward<B, 1> for RowsBackward {
    /// The gradient of each row.
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let gradient = ops.state;
        unary::<B, _>(ops.parents, ops.node, grads, |above| B::scale_rows(gradient, above));
    }
}

impl<B: GradientBackend, C: CheckpointStrategy> DivergenceBackend for Autodiff<B, C> {
    fn divergence(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> FloatTensor<Self> {
        let node = student.node();
        let (student, teacher) = (student.into_primitive(), teacher.into_primitive());
        match RowsBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (values, gradient) = B::divergence_and_gradient(student, teacher, divergence, temperature);
                prep.finish(gradient, values)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::divergence(student, teacher, divergence, temperature)),
        }
    }
}
