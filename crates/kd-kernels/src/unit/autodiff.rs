use burn::backend::{
    Autodiff,
    autodiff::{
        NodeId,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind, unary},
    },
    tensor::FloatTensor,
};

use super::{UnitBackend, UnitGradientBackend};

#[derive(Debug)]
struct UnitBackward;

impl<B: UnitGradientBackend> Backward<B, 1> for UnitBackward {
    /// Where the vectors are kept. Their lengths are measured again: the backward pass has to read the vectors anyway.
    type State = NodeId;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let x = checkpointer.retrieve_node_output(ops.state);
        unary::<B, _>(ops.parents, ops.node, grads, |above| B::unit_gradient(x, above));
    }
}

impl<B: UnitGradientBackend, C: CheckpointStrategy> UnitBackend for Autodiff<B, C> {
    fn unit(x: FloatTensor<Self>) -> FloatTensor<Self> {
        match UnitBackward.prepare::<C>([x.node()]).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let kept = prep.checkpoint(&x);
                prep.finish(kept, B::unit(x.into_primitive()))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::unit(x.into_primitive())),
        }
    }
}
