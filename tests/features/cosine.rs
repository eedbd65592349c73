//! Angles between vectors.

use burn::tensor::{Tensor, TensorData};
use kd::{
    DistillLoss,
    feature::{CosineLoss, CosineLossConfig, NormalizedHintLossConfig},
};
use kd_testkit::{assert_close, device, golden, laws, read, within};

use crate::any_rank::{outcome, shaped};

fn cosine() -> CosineLoss {
    CosineLossConfig::new().init()
}

#[test]
fn golden() {
    golden::check_features("cosine.json", &device(), &CosineLossConfig::new(), |config, shapes| {
        shaped(config.init(), shapes)
    });
}

laws!(of_vectors: [any, divergence], Subject::new::<Tensor<2>, Tensor<2>>(cosine()));
laws!(of_tokens: [any, divergence], Subject::new::<Tensor<3>, Tensor<3>>(cosine()));
laws!(of_maps: [any, divergence], Subject::new::<Tensor<4>, Tensor<4>>(cosine()));

/// Neither 0/0 nor an infinite slope: perpendicular to any other, equal to another of zeros.
#[test]
fn vectors_of_zeros_are_finite() {
    let student = TensorData::from([[0.0f32, 0.0], [3.0, 4.0], [0.0, 0.0]]);
    let teacher = TensorData::from([[1.0f32, 2.0], [0.0, 0.0], [0.0, 0.0]]);
    let (values, gradient) = outcome::<2, 2>(&cosine(), student, teacher);
    assert_eq!(values, [1.0, 1.0, 0.0]);
    assert_eq!(gradient, [0.0; 6]);
}

/// 1 less a rounded cosine would have no digit left here.
#[test]
fn a_small_angle_keeps_its_digits() {
    let (student, teacher) = (TensorData::from([[1.0f32, 1e-4]]), TensorData::from([[1.0f32, 0.0]]));
    let (values, _) = outcome::<2, 2>(&cosine(), student, teacher);
    let exact = 1.0 - 1.0 / (1.0 + f64::from(1e-4f32).powi(2)).sqrt();
    assert_close("value", &values, &[exact], within(1e-5));
}

#[test]
fn the_length_does_not_matter() {
    let x = || Tensor::<2>::from_floats([[1.0, -2.0, 0.5], [4.0, 0.0, 1.0]], &device());
    let y = || Tensor::<2>::from_floats([[0.5, 3.0, 1.0], [-1.0, 2.0, 2.0]], &device());
    let once = read(cosine().per_sample(x(), y()));
    for scale in [1e-25, 1e-3, 1e25] {
        let scaled = read(cosine().per_sample(x() * scale, y()));
        assert_close("values", &scaled, &once, within(1e-6));
    }
}

/// Of vectors it is half the squared distance at length 1; of a map it is the mean over places, each a vector.
#[test]
fn a_map_is_compared_place_by_place() {
    let at = |place: usize, of: &Tensor<4>| {
        of.clone()
            .slice([0..1, 0..3, 0..1, place..place + 1])
            .flatten::<2>(1, 3)
    };
    let student = Tensor::<4>::from_floats([[[[1.0, 2.0]], [[0.0, -1.0]], [[3.0, 0.5]]]], &device());
    let teacher = Tensor::<4>::from_floats([[[[2.0, -2.0]], [[1.0, 1.0]], [[0.0, 0.25]]]], &device());
    let normalized = NormalizedHintLossConfig::new().init();
    let places = [0, 1].map(|place| read(normalized.per_sample(at(place, &student), at(place, &teacher)))[0] / 2.0);
    let of_map = read(cosine().per_sample(student, teacher));
    assert_close("value", &of_map, &[(places[0] + places[1]) / 2.0], within(1e-6));
}

#[test]
#[should_panic(expected = "bring the student to the teacher's width with a projector, such as `Linear`")]
fn another_width_names_the_projector() {
    let vector = |width| Tensor::<2>::ones([2, width], &device());
    let _ = cosine().forward(vector(4), vector(8));
}
