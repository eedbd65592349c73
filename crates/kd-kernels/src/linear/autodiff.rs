use burn::{
    backend::{
        Autodiff, TensorMetadata,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
        tensor::FloatTensor,
    },
    tensor::{DType, FloatDType},
};

use super::{LinearDivergenceBackend, chunks::Chunks};
use crate::{GradientBackend, LinearDivergence};

#[derive(Debug)]
struct LinearBackward;

impl<B: GradientBackend> Backward<B, 2> for LinearBackward {
    /// The gradients of the sum for hidden states and weight, and the type of both.
    type State = (FloatTensor<B>, Option<FloatTensor<B>>, FloatDType);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let above = grads.consume::<B>(&ops.node);
        let (hidden, weight, dtype) = ops.state;
        // Scaled as rows, for that is done in place; and before it is rounded, for what comes from above may be what keeps
        // half precision from rounding it to 0.
        let scale = |gradient: FloatTensor<B>| {
            let rows = gradient.shape()[0];
            let scaled = B::scale_rows(gradient, B::float_expand(above.clone(), [rows].into()));
            if scaled.dtype() == DType::from(dtype) {
                scaled
            } else {
                B::float_cast(scaled, dtype)
            }
        };
        let [hidden_node, weight_node] = ops.parents;
        if let Some(node) = hidden_node {
            grads.register::<B>(node.id, scale(hidden));
        }
        if let (Some(node), Some(weight)) = (weight_node, weight) {
            grads.register::<B>(node.id, scale(weight));
        }
    }
}

impl<B: GradientBackend + LinearDivergenceBackend, C: CheckpointStrategy> LinearDivergenceBackend for Autodiff<B, C> {
    fn linear_divergence(
        student_hidden: FloatTensor<Self>,
        student_weight: FloatTensor<Self>,
        teacher_hidden: FloatTensor<Self>,
        teacher_weight: FloatTensor<Self>,
        row_weights: FloatTensor<Self>,
        how: LinearDivergence,
        weight_learns: bool,
    ) -> FloatTensor<Self> {
        let nodes = [student_hidden.node(), student_weight.node()];
        let chunks = Chunks::<B>::new(
            (student_hidden.into_primitive(), student_weight.into_primitive()),
            (teacher_hidden.into_primitive(), teacher_weight.into_primitive()),
            row_weights.into_primitive(),
            how,
        );
        match LinearBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let outcome = B::linear_gradients(&chunks, weight_learns);
                let dtype = chunks.student.0.dtype().into();
                prep.finish((outcome.hidden, outcome.weight, dtype), outcome.value)
            }
            OpsKind::UnTracked(prep) => prep.finish(chunks.value()),
        }
    }
}
