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

use super::GramBackend;

#[derive(Debug)]
struct GramBackward;

impl<B: GramBackend> Backward<B, 1> for GramBackward {
    /// Where the rows are kept.
    type State = NodeId;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let x = checkpointer.retrieve_node_output(ops.state);
        unary::<B, _>(ops.parents, ops.node, grads, |above| B::gram_gradient(x, above));
    }
}

impl<B: GramBackend, C: CheckpointStrategy> GramBackend for Autodiff<B, C> {
    fn gram(x: FloatTensor<Self>) -> FloatTensor<Self> {
        match GramBackward.prepare::<C>([x.node()]).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let kept = prep.checkpoint(&x);
                prep.finish(kept, B::gram(x.into_primitive()))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::gram(x.into_primitive())),
        }
    }
}
