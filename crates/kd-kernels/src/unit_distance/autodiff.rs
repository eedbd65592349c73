use burn::backend::{
    Autodiff,
    autodiff::{
        checkpoint::strategy::CheckpointStrategy,
        ops::{Backward, OpsKind},
    },
    tensor::FloatTensor,
};

use super::{UnitDistanceBackend, UnitDistanceGradientBackend};
use crate::autodiff::RowsBackward;

impl<B: UnitDistanceGradientBackend, C: CheckpointStrategy> UnitDistanceBackend for Autodiff<B, C> {
    fn unit_distance(student: FloatTensor<Self>, teacher: FloatTensor<Self>) -> FloatTensor<Self> {
        let node = student.node();
        let (student, teacher) = (student.into_primitive(), teacher.into_primitive());
        match Backward::<B, 1>::prepare::<C>(RowsBackward, [node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => {
                let (values, gradient) = B::unit_distance_and_gradient(student, teacher);
                prep.finish(gradient, values)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::unit_distance(student, teacher)),
        }
    }
}
