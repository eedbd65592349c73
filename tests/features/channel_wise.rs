//! Where each channel looks.

use burn::tensor::{DType, Device, Tensor};
use kd::{DistillLoss, feature::ChannelWiseLossConfig};
use kd_testkit::{Batch, Shapes, Subject, device, golden, laws};

fn maps(config: &ChannelWiseLossConfig) -> Subject {
    Subject::new::<Tensor<4>, Tensor<4>>(config.init())
}

#[test]
fn golden() {
    let default = ChannelWiseLossConfig::new();
    golden::check_features("channel_wise.json", &device(), &default, |config, shapes| {
        Subject::shaped::<4, 4>(config.init(), shapes)
    });
}

laws!(channel_wise: [any, divergence], maps(&ChannelWiseLossConfig::new()));

/// Maps of one place have no gradient, so these have two.
#[test]
fn t_squared_keeps_the_gradient() {
    let shapes = Shapes {
        student: vec![1, 2, 1],
        teacher: vec![1, 2, 1],
    };
    let batch = Batch {
        width: 2,
        student: vec![1.0, -2.0, 0.5, 3.0],
        teacher: vec![-1.0, 2.0, 4.0, 3.0],
        labels: vec![0, 0],
    };
    let norm = |temperature| {
        let loss = ChannelWiseLossConfig::new().with_temperature(temperature).init();
        let gradient = Subject::shaped::<4, 4>(loss, &shapes)
            .run(&batch, &Device::flex(), DType::F64)
            .student_grad;
        gradient.iter().map(|g| g * g).sum::<f64>().sqrt()
    };
    let ratio = norm(50.0) / norm(100.0);
    assert!((0.8..1.25).contains(&ratio), "the gradients' ratio is {ratio}");
}

#[test]
fn a_shift_of_a_channel_does_not_matter() {
    let cwd = ChannelWiseLossConfig::new().init();
    let student = Tensor::<4>::from_floats([[[[1.0, 2.0]], [[3.0, -1.0]]]], &device());
    let shift = Tensor::<4>::from_floats([[[[4.0]], [[-7.0]]]], &device());
    let value = cwd.forward(student.clone() + shift, student).into_scalar::<f32>();
    assert!(value < 1e-6, "{value}");
}

#[test]
#[should_panic(expected = "bring the student to the teacher's height and width with a projector, such as `Resize`")]
fn another_size_names_the_projector() {
    let map = |size| Tensor::<4>::zeros([2, 3, size, size], &device());
    let _ = ChannelWiseLossConfig::new().init().forward(map(4), map(8));
}

#[test]
#[should_panic(expected = "ChannelWiseLoss: the student has shape [2, 3] and the teacher [2, 3], but it compares maps")]
fn vectors_are_no_maps() {
    use kd::Feature;
    let vector = Feature::from(Tensor::<2>::zeros([2, 3], &device()));
    let _ = ChannelWiseLossConfig::new().init().forward(vector.clone(), vector);
}
