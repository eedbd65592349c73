use burn::backend::{
    Autodiff, TensorMetadata,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    tensor::FloatTensor,
};

use super::{LinearDivergenceBackend, chunks::Chunks};
use crate::{GradientBackend, LinearDivergence};

#[derive(Debug)]
struct LinearBackward;

impl<B: GradientBackend> Backward<B, 2> for LinearBackward {
    /// The gradients of the sum for hidden states and weight.
    type State = (FloatTensor<B>, Option<FloatTensor<B>>);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let above = grads.consume::<B>(&ops.node);
        // Scaled as rows, for that is done in place.
        let scale = |gradient: FloatTensor<B>| {
            let rows = gradient.shape()[0];
            B::scale_rows(gradient, B::float_expand(above.clone(), [rows].into()))
        };
        let [hidden_node, weight_node] = ops.parents;
        let (hidden, weight) = ops.state;
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
                prep.finish((outcome.hidden, outcome.weight), outcome.value)
            }
            OpsKind::UnTracked(prep) => prep.finish(chunks.value()),
        }
    }
}
