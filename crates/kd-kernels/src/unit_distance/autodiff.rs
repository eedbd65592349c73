use burn::backend::{
    Autodiff,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind, unary},
    },
    tensor::FloatTensor,
};

use super::{UnitDistanceBackend, UnitDistanceGradientBackend};

#[derive(Debug)]
struct UnitDistanceBackward;

impl<B: UnitDistanceGradientBackend> Backward<B, 1> for UnitDistanceBackward {
    /// The gradient of each row.
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let gradient = ops.state;
        unary::<B, _>(ops.parents, ops.node, grads, |above| B::scale_rows(gradient, above));
    }
}

impl<B: UnitDistanceGradientBackend, C: CheckpointStrategy> UnitDistanceBackend for Autodiff<B, C> {
    fn unit_distance(student: FloatTensor<Self>, teacher: FloatTensor<Self>) -> FloatTensor<Self> {
        let node = student.node();
        let (student, teacher) = (student.into_primitive(), teacher.into_primitive());
        match UnitDistanceBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (values, gradient) = B::unit_distance_and_gradient(student, teacher);
                prep.finish(gradient, values)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::unit_distance(student, teacher)),
        }
    }
}
