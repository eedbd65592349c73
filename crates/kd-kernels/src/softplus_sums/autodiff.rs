use burn::backend::{
    Autodiff,
    autodiff::{
        NodeId,
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind, unary},
    },
    tensor::{FloatTensor, IntTensor},
};

use super::{SoftplusSumsBackend, SoftplusSumsGradientBackend};

#[derive(Debug)]
struct SoftplusSumsBackward;

impl<B: SoftplusSumsGradientBackend> Backward<B, 1> for SoftplusSumsBackward {
    /// Where the scores are kept, what is chosen of them, and the shift.
    type State = (NodeId, IntTensor<B>, f64);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let (scores, chosen, shift) = ops.state;
        let scores = checkpointer.retrieve_node_output(scores);
        unary::<B, _>(ops.parents, ops.node, grads, |above| {
            B::softplus_sums_gradient(scores, chosen, shift, above)
        });
    }
}

impl<B: SoftplusSumsGradientBackend, C: CheckpointStrategy> SoftplusSumsBackend for Autodiff<B, C> {
    fn softplus_sums(scores: FloatTensor<Self>, chosen: IntTensor<Self>, shift: f64) -> FloatTensor<Self> {
        match SoftplusSumsBackward
            .prepare::<C>([scores.node()])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(mut prep) => {
                let kept = (prep.checkpoint(&scores), chosen.clone(), shift);
                prep.finish(kept, B::softplus_sums(scores.into_primitive(), chosen, shift))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::softplus_sums(scores.into_primitive(), chosen, shift)),
        }
    }
}
