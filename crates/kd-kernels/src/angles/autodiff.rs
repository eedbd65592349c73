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

use super::{AnglesBackend, AnglesGradientBackend};

#[derive(Debug)]
struct AnglesBackward;

impl<B: AnglesGradientBackend> Backward<B, 1> for AnglesBackward {
    /// Where the student's side is kept, and the teacher's.
    type State = (NodeId, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let (student, teacher) = ops.state;
        let student = checkpointer.retrieve_node_output(student);
        unary::<B, _>(ops.parents, ops.node, grads, |above| {
            B::angles_gradient(student, teacher, above)
        });
    }
}

impl<B: AnglesGradientBackend, C: CheckpointStrategy> AnglesBackend for Autodiff<B, C> {
    fn angles(student: FloatTensor<Self>, teacher: FloatTensor<Self>) -> FloatTensor<Self> {
        let teacher = teacher.into_primitive();
        match AnglesBackward.prepare::<C>([student.node()]).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let kept = (prep.checkpoint(&student), teacher.clone());
                prep.finish(kept, B::angles(student.into_primitive(), teacher))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::angles(student.into_primitive(), teacher)),
        }
    }
}
