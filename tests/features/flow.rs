//! How a part of a network turns what goes in into what comes out.

use burn::{config::Config, tensor::Tensor};
use kd::{
    DistillLoss, Feature,
    feature::{Flow, FlowLoss, FlowLossConfig},
};
use kd_testkit::{Subject, device, golden, laws, read};

/// The shapes of the maps that a row of a golden file holds, one after the other.
#[derive(Config, Debug)]
struct MapsConfig {
    first: [usize; 3],
    last: [usize; 3],
    teacher_first: [usize; 3],
    teacher_last: [usize; 3],
}

/// Cuts rows into maps.
#[derive(Clone)]
struct Cut(MapsConfig);

impl DistillLoss<Tensor<2>> for Cut {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let maps = &self.0;
        let student = cut(student, maps.first, maps.last);
        fsp().per_sample(student, cut(teacher, maps.teacher_first, maps.teacher_last))
    }
}

fn cut(rows: Tensor<2>, first: [usize; 3], last: [usize; 3]) -> Flow {
    let batch = rows.dims()[0];
    let map = |from: usize, shape: [usize; 3]| {
        let numbers = rows.clone().narrow(1, from, shape.iter().product());
        numbers.reshape([batch, shape[0], shape[1], shape[2]])
    };
    Flow::new(map(0, first), map(first.iter().product(), last))
}

/// From a map to the same with height and width exchanged, so that both have to be pooled.
#[derive(Clone)]
struct Turned;

impl DistillLoss<Tensor<4>> for Turned {
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        let flow = |map: Tensor<4>| Flow::new(map.clone(), map.swap_dims(2, 3));
        fsp().per_sample(flow(student), flow(teacher))
    }
}

fn fsp() -> FlowLoss {
    FlowLossConfig::new().init()
}

#[test]
fn golden() {
    let none = MapsConfig::new([1; 3], [1; 3], [1; 3], [1; 3]);
    golden::check_features("flow.json", &device(), &none, |maps, shapes| {
        Subject::shaped::<2, 2>(Cut(maps.clone()), shapes)
    });
}

laws!(flow: [any, divergence], Subject::new::<Tensor<4>, Tensor<4>>(Turned));

fn zeros(channels: usize) -> Tensor<4> {
    Tensor::zeros([2, channels, 4, 4], &device())
}

#[test]
fn zeros_are_finite_in_value_and_gradient() {
    let first = zeros(3).autodiff().require_grad();
    let value = fsp().forward(Flow::new(first.clone(), zeros(5)), Flow::new(zeros(3), zeros(5)));
    let gradient = first.grad(&value.backward()).unwrap();
    assert!(read(gradient).iter().all(|&number| number == 0.0));
    assert_eq!(read(value), [0.0]);
}

#[test]
fn features_are_flows_too() {
    let flow = |value: f64| [zeros(3) + value, zeros(5) + 1.0].map(Feature::from);
    assert_eq!(read(fsp().forward(flow(2.0), flow(0.0))), [4.0]);
}

#[test]
#[should_panic(expected = "the student has shape [2, 5, 4, 4] and the teacher [2, 6, 4, 4]; they differ at axis 1")]
fn other_channels_at_the_end_panic() {
    let _ = fsp().forward(Flow::new(zeros(3), zeros(5)), Flow::new(zeros(3), zeros(6)));
}

#[test]
#[should_panic(expected = "FlowLoss: the student's first map has shape [2, 3, 4, 4] and its last [1, 5, 4, 4]")]
fn ends_of_other_samples_panic() {
    let last = || zeros(5).narrow(0, 0, 1);
    let _ = fsp().forward(Flow::new(zeros(3), last()), Flow::new(zeros(3), last()));
}

#[test]
#[should_panic(expected = "FlowLoss: the student has shape [2, 5] and the teacher [2, 5, 4, 4], but it compares maps")]
fn a_vector_at_the_end_panics() {
    let vector = Feature::from(Tensor::<2>::zeros([2, 5], &device()));
    let _ = fsp().forward([zeros(3).into(), vector], [zeros(3).into(), zeros(5).into()]);
}
