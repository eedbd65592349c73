//! What the tests of losses on features of any rank share.

use burn::tensor::{Tensor, TensorData};
use kd::DistillLoss;
use kd_testkit::{Shapes, Subject, device, read};

/// A loss that takes vectors, tokens and maps.
pub trait AnyRank: DistillLoss<Tensor<2>> + DistillLoss<Tensor<3>> + DistillLoss<Tensor<4>> + Clone + 'static {}

impl<L> AnyRank for L where L: DistillLoss<Tensor<2>> + DistillLoss<Tensor<3>> + DistillLoss<Tensor<4>> + Clone + 'static
{}

/// The loss on features of the shapes that a golden case has.
pub fn shaped(loss: impl AnyRank, shapes: &Shapes) -> Subject {
    match shapes.student.len() {
        1 => Subject::shaped::<2, 2>(loss, shapes),
        2 => Subject::shaped::<3, 3>(loss, shapes),
        _ => Subject::shaped::<4, 4>(loss, shapes),
    }
}

/// How many channels a feature has: the second axis of a map, the last of vectors and tokens.
pub fn channels_of<const D: usize>(feature: &Tensor<D>) -> usize {
    feature.dims()[if D == 4 { 1 } else { D - 1 }]
}

/// Values, and the student's gradient of their sum.
pub fn outcome<const S: usize, const T: usize>(
    loss: &impl DistillLoss<Tensor<S>, Tensor<T>>,
    student: TensorData,
    teacher: TensorData,
) -> (Vec<f64>, Vec<f64>) {
    let device = device().autodiff();
    let student = Tensor::<S>::from_data(student, &device).require_grad();
    let values = loss.per_sample(student.clone(), Tensor::<T>::from_data(teacher, &device));
    let gradients = values.clone().sum().backward();
    let gradient = student.grad(&gradients).expect("the loss depends on the student");
    (read(values), read(gradient))
}
