//! Losses that compare samples, or channels, with one another.

mod cka;
mod contrastive;
mod correlation_congruence;
mod inter_channel;
mod probabilistic_transfer;
mod relational;
mod similarity;

use burn::tensor::{Device, Tensor};
use kd::{DistillLoss, Feature};
use kd_testkit::{Shapes, Subject, device};

/// What every relational loss compares.
trait Relations:
    DistillLoss<Tensor<2>>
    + DistillLoss<Tensor<3>, Tensor<2>>
    + DistillLoss<Tensor<4>>
    + DistillLoss<Feature>
    + Clone
    + 'static
{
}

impl<L> Relations for L where
    L: DistillLoss<Tensor<2>>
        + DistillLoss<Tensor<3>, Tensor<2>>
        + DistillLoss<Tensor<4>>
        + DistillLoss<Feature>
        + Clone
        + 'static
{
}

/// The loss on features of a golden case's shapes.
fn shaped(loss: impl Relations, shapes: &Shapes) -> Subject {
    match (shapes.student.len(), shapes.teacher.len()) {
        (1, 1) => Subject::shaped::<2, 2>(loss, shapes),
        (2, 1) => Subject::shaped::<3, 2>(loss, shapes),
        _ => Subject::shaped::<4, 4>(loss, shapes),
    }
}

/// The value, and the largest entry of the student's gradient, which must be a number.
fn value_and_slope(loss: &impl Relations, student: Tensor<2>, teacher: Tensor<2>) -> (f64, f64) {
    let student = student.require_grad();
    let value = loss.forward(student.clone(), teacher);
    let gradients = value.clone().backward();
    let slopes = student.grad(&gradients).expect("the student has a gradient").abs();
    let slopes: Vec<f64> = slopes.into_data().iter::<f64>().collect();
    assert!(slopes.iter().all(|slope| slope.is_finite()), "{slopes:?}");
    (value.into_scalar::<f64>(), slopes.into_iter().fold(0.0, f64::max))
}

fn autodiff() -> Device {
    device().autodiff()
}

/// The same numbers whenever they are asked for.
fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    let count = shape.iter().product::<usize>() as i64;
    let phases = Tensor::<1, burn::tensor::Int>::arange(0..count, &autodiff()).float();
    (phases.square() * 0.7 + 1.0).sin().reshape(shape)
}

/// A batch of one sample has loss 0 and gradient 0, but for the rounding of a length.
fn one_sample_says_nothing(loss: &impl Relations) {
    let (value, slope) = value_and_slope(loss, random([1, 5]), random([1, 7]));
    assert!(value.abs() < 1e-12 && slope < 1e-12, "{value:e} {slope:e}");
}

/// Features of zeros, of some samples or of all, on either side or on both: numbers. All lengths but 0 are near 1 here, so
/// no gradient is above 10; where a length of 0 is replaced by a small number it would be.
fn zeros_stay_finite(loss: &impl Relations) {
    let full = random([4, 6]);
    let none = Tensor::<2>::zeros([4, 6], &autodiff());
    let some = Tensor::cat(vec![full.clone().narrow(0, 0, 2), none.clone().narrow(0, 0, 2)], 0);
    for student in [full.clone(), some.clone(), none.clone()] {
        for teacher in [full.clone(), some.clone(), none.clone()] {
            let (value, slope) = value_and_slope(loss, student.clone(), teacher);
            assert!(value.is_finite() && slope < 10.0, "{value} {slope}");
        }
    }
}

/// The same constant features for every sample.
fn constant() -> Tensor<2> {
    Tensor::full([5, 6], 0.3, &autodiff())
}

/// The student's features say nothing: beside this teacher the loss has the value that its documentation has for them, but
/// for the rounding of a few numbers of about 1, and beside their like it is 0; both without any gradient.
fn nothing_is(loss: &impl Relations, nothing: Tensor<2>, teacher: Tensor<2>, expected: f64) {
    let (value, slope) = value_and_slope(loss, nothing.clone(), teacher);
    assert!((value - expected).abs() < 2e-6, "{value} and not {expected}");
    assert_eq!(slope, 0.0);
    assert_eq!(value_and_slope(loss, nothing.clone(), nothing), (0.0, 0.0));
}

/// The teacher's features say nothing: the loss has this value whatever the student is, and no gradient but rounding, which
/// is compared with the gradient beside another teacher.
fn nothing_teaches(loss: &impl Relations, nothing: Tensor<2>, expected: f64) {
    let samples = nothing.dims()[0];
    let student = random([samples, 6]);
    let (_, ordinary) = value_and_slope(loss, student.clone(), random([samples, 3]));
    let (value, slope) = value_and_slope(loss, student, nothing);
    assert!((value - expected).abs() < 2e-6, "{value} and not {expected}");
    assert!(slope < 1e-5 * ordinary, "{slope:e} where {ordinary:e} is ordinary");
}

/// The gradient of samples of zeros is 0, and that of the others is not.
fn zeros_have_no_gradient(loss: &impl Relations) {
    let kept = Tensor::<2>::from_floats([[1.0], [0.0], [1.0], [0.0]], &autodiff());
    let student = (random([4, 6]) * kept).detach().require_grad();
    let value: Tensor<1> = loss.forward(student.clone(), random([4, 3]));
    let gradient = student.grad(&value.backward()).expect("the student has a gradient");
    let gradient: Vec<f64> = gradient.into_data().iter::<f64>().collect();
    for (sample, gradient) in gradient.chunks(6).enumerate() {
        assert_eq!(
            gradient.iter().all(|&slope| slope == 0.0),
            sample % 2 == 1,
            "{gradient:?}"
        );
    }
}

/// Features of unequal rank give what the flattened ones do.
fn features_of_any_rank_are_flattened(loss: &impl Relations) {
    let (map, tokens) = (random([4, 2, 3, 2]), random([4, 5, 2]));
    let features: Tensor<1> = loss.forward(Feature::from(map.clone()), Feature::from(tokens.clone()));
    let flat: Tensor<1> = loss.forward(map.flatten::<2>(1, 3), tokens.flatten::<2>(1, 2));
    assert_eq!(features.into_scalar::<f64>(), flat.into_scalar::<f64>());
}
