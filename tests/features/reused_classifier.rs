//! Features that the teacher's head classifies in use.

use burn::{
    config::Config,
    tensor::{Tensor, TensorData},
};
use kd::{DistillLoss, Feature, Identity, feature::ReusedClassifier, projector_fn};
use kd_testkit::{Subject, device, golden, laws, read};

/// A 1×1 convolution, `[channels of the teacher, channels of the student]`.
#[derive(Config, Debug)]
struct ProjectorConfig {
    projector: Vec<f64>,
}

fn simkd(config: &ProjectorConfig) -> impl DistillLoss<Tensor<4>> + Clone + 'static + use<> {
    let weights = config.projector.clone();
    let project = move |features: Tensor<4>| {
        let [batch, channels, height, width] = features.dims();
        let shape = [1, weights.len() / channels, channels];
        let data = TensorData::new(weights.clone(), shape);
        let weight = Tensor::<3>::from_data(data, (&features.device(), features.dtype()));
        let projected = weight.matmul(features.flatten::<3>(2, 3));
        projected.reshape([batch, shape[1], height, width])
    };
    ReusedClassifier::new(projector_fn(project), ())
}

#[test]
fn golden() {
    let none = ProjectorConfig::new(vec![]);
    golden::check_features("reused_classifier.json", &device(), &none, |config, shapes| {
        Subject::shaped::<4, 4>(simkd(config), shapes)
    });
}

laws!(unprojected: [any, divergence], Subject::new::<Tensor<4>, Tensor<4>>(ReusedClassifier::new(Identity, ())));

/// A student with the teacher's features says what the teacher says.
#[test]
fn the_head_classifies_what_is_projected() {
    let head = |features: Tensor<4>| features.mean_dims(&[2, 3]).flatten::<2>(1, 3) * 2.0;
    let twice = projector_fn(|features: Tensor<4>| features * 2.0);
    let student = Tensor::<4>::from_floats([[[[1.0, 2.0]], [[3.0, 5.0]]]], &device());
    let simkd = ReusedClassifier::new(twice, head);
    assert_eq!(read(simkd.logits(student.clone())), [6.0, 16.0]);
    assert_eq!(read(simkd.forward(student.clone(), student.clone() * 2.0)), [0.0]);
    assert_eq!(read(simkd.logits(student.clone())), read(head(student * 2.0)));
}

#[test]
#[should_panic(expected = "ReusedClassifier: the student has shape [2, 8, 4, 4] and the teacher [2, 16, 4, 4]")]
fn other_channels_panic_by_its_own_name() {
    let map = |channels| Feature::from(Tensor::<4>::zeros([2, channels, 4, 4], &device()));
    let _ = ReusedClassifier::new(Identity, ()).forward(map(8), map(16));
}

#[test]
#[should_panic(expected = "bring the student to the teacher's channels with a projector, such as `ConvProjector`")]
fn other_channels_name_the_projector() {
    let map = |channels| Tensor::<4>::zeros([2, channels, 4, 4], &device());
    let _ = ReusedClassifier::new(Identity, ()).forward(map(8), map(16));
}
