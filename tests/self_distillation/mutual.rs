//! Peers that teach one another, and no peer that is moved by another's loss.

use std::{fs, path::Path};

use burn::{
    module::{Module, Param},
    nn::{Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Gradients, Int, Tensor, TensorData, activation::relu},
};
use kd::{
    DistillLoss, LossTerms, rows,
    self_distillation::{MutualLoss, MutualLossConfig},
};
use kd_testkit::{Subject, assert_close, contents, device, golden, laws, read};
use serde::Deserialize;

/// The others side by side, `[rows, others, classes]`: the shape that a golden file holds them in.
#[derive(Clone)]
struct SideBySide(MutualLoss);

impl DistillLoss<Tensor<2>, Tensor<3>> for SideBySide {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<3>) -> Tensor<1> {
        let others = teacher.split(1, 1).into_iter().map(|other| other.squeeze_dim(1));
        self.0.per_sample(student, others.collect())
    }
}

#[test]
fn golden() {
    golden::check_features("mutual.json", &device(), &MutualLossConfig::new(), |config, shapes| {
        Subject::shaped::<2, 3>(SideBySide(config.init()), shapes)
    });
}

/// Two others that agree, and are one side of a law.
#[derive(Clone)]
struct Agreed(MutualLoss);

impl<const D: usize> DistillLoss<Tensor<D>> for Agreed {
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        self.0.per_sample(student, vec![teacher.clone(), teacher])
    }
}

/// Two others, one of them half as sure.
#[derive(Clone)]
struct Unequal(MutualLoss);

impl DistillLoss<Tensor<2>> for Unequal {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        self.0.per_sample(student, vec![teacher.clone(), teacher * 0.5])
    }
}

fn mutual(temperature: f64) -> MutualLoss {
    MutualLossConfig::new().with_temperature(temperature).init()
}

laws!(agreed: [any, divergence, softmax], Subject::new::<Tensor<2>, Tensor<2>>(Agreed(mutual(1.0))));
laws!(of_tokens: [any, divergence], Subject::new::<Tensor<3>, Tensor<3>>(Agreed(mutual(2.0))));
laws!(unequal: [any, softmax], Subject::new::<Tensor<2>, Tensor<2>>(Unequal(mutual(1.0))));

#[test]
fn temperature_keeps_the_gradient() {
    laws::temperature_keeps_the_gradient(|t| Subject::new::<Tensor<2>, Tensor<2>>(Unequal(mutual(t))));
}

#[derive(Deserialize)]
struct Steps {
    cases: Vec<StepCase>,
}

#[derive(Deserialize)]
struct StepCase {
    name: String,
    in_turn: bool,
    rate: f64,
    temperature: f64,
    features: usize,
    classes: usize,
    rows: usize,
    weights: Vec<Vec<f32>>,
    steps: Vec<Step>,
    float32_error: StepError,
}

/// How far PyTorch itself is off in float32.
#[derive(Deserialize)]
struct StepError {
    losses: f64,
    weights: f64,
}

#[derive(Deserialize)]
struct Step {
    inputs: Vec<f32>,
    labels: Vec<i32>,
    losses: Vec<f64>,
    weights: Vec<Vec<f64>>,
}

fn linear(weight: &[f32], shape: [usize; 2], device: &Device) -> Linear {
    let [features, classes] = shape;
    let linear = LinearConfig::new(features, classes).with_bias(false).init(device);
    let weight = Tensor::from_data(TensorData::new(weight.to_vec(), shape), device);
    Linear {
        weight: Param::from_tensor(weight),
        ..linear
    }
}

fn step<M: Module + Clone>(peer: &mut M, terms: &LossTerms, rate: f64) -> f64 {
    let loss = terms.total();
    let gradients = GradientsParams::from_grads(loss.backward(), peer);
    *peer = SgdConfig::new().init().step(rate, peer.clone(), gradients);
    read(loss)[0]
}

/// A network whose loss is computed before, or after, the others' steps ends with other weights; both are PyTorch's.
#[test]
fn steps_at_once_and_in_turn_are_pytorchs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/mutual_steps.json");
    let steps: Steps = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(steps.cases.len(), 4);
    let device = device().autodiff();
    for case in steps.cases {
        let mutual = mutual(case.temperature);
        let shape = [case.features, case.classes];
        let allowed = |of_source| golden::allowed_in_single(of_source, &device);
        let (losses_within, weights_within) = (allowed(case.float32_error.losses), allowed(case.float32_error.weights));
        let mut peers: Vec<_> = case.weights.iter().map(|w| linear(w, shape, &device)).collect();
        for expected in case.steps {
            let inputs = TensorData::new(expected.inputs, [case.rows, case.features]);
            let inputs = Tensor::<2>::from_data(inputs, &device);
            let labels = Tensor::<1, Int>::from_data(TensorData::new(expected.labels, [case.rows]), &device);
            let mut logits: Vec<_> = peers.iter().map(|peer| peer.forward(inputs.clone())).collect();
            let mut losses = Vec::new();
            if case.in_turn {
                for (i, peer) in peers.iter_mut().enumerate() {
                    losses.push(step(peer, &mutual.of_peer(i, &logits, labels.clone()), case.rate));
                    logits[i] = peer.forward(inputs.clone());
                }
            } else {
                for (peer, terms) in peers.iter_mut().zip(mutual.of_peers(&logits, labels)) {
                    losses.push(step(peer, &terms, case.rate));
                }
            }
            assert_close(&case.name, &losses, &expected.losses, losses_within);
            for (peer, expected) in peers.iter().zip(&expected.weights) {
                assert_close(&case.name, &read(peer.weight.val()), expected, weights_within);
            }
        }
    }
}

#[derive(Module, Debug)]
struct Network {
    first: Linear,
    last: Linear,
}

impl Network {
    fn new(hidden: usize, device: &Device) -> Self {
        Self {
            first: LinearConfig::new(8, hidden).init(device),
            last: LinearConfig::new(hidden, 3).init(device),
        }
    }

    fn forward(&self, inputs: Tensor<2>) -> Tensor<2> {
        self.last.forward(relu(self.first.forward(inputs)))
    }

    /// How many parameters have a gradient.
    fn reached(&self, gradients: &Gradients) -> usize {
        let layers = [&self.first, &self.last].into_iter();
        let of_layer = |layer: &Linear| {
            let bias = layer.bias.as_ref().unwrap().val().grad(gradients).is_some();
            usize::from(bias) + usize::from(layer.weight.val().grad(gradients).is_some())
        };
        layers.map(of_layer).sum()
    }
}

fn batch(device: &Device) -> (Tensor<2>, Tensor<1, Int>) {
    let inputs: Vec<f32> = (0..32).map(|n| (n as f32 * 0.7).sin()).collect();
    let inputs = Tensor::from_data(TensorData::new(inputs, [4, 8]), device);
    (inputs, Tensor::from_ints([0, 2, 1, 2], device))
}

/// Elsewhere one peer's loss moves all of them.
#[test]
fn no_peer_gets_anothers_gradient() {
    let device = device().autodiff();
    let mut peers: Vec<_> = [4, 6, 5].iter().map(|&hidden| Network::new(hidden, &device)).collect();
    let mut optimizers = [0.5, 0.9, 0.1].map(|momentum| {
        let momentum = burn::optim::momentum::MomentumConfig::new().with_momentum(momentum);
        SgdConfig::new().with_momentum(Some(momentum)).init()
    });
    let (inputs, labels) = batch(&device);
    let logits: Vec<_> = peers.iter().map(|peer| peer.forward(inputs.clone())).collect();
    for (i, terms) in mutual(1.0).of_peers(&logits, labels).iter().enumerate() {
        let before: Vec<_> = peers.iter().map(contents).collect();
        let gradients = terms.total().backward();
        let reached: Vec<_> = peers.iter().map(|peer| peer.reached(&gradients)).collect();
        let expected: Vec<_> = (0..3).map(|j| if j == i { 4 } else { 0 }).collect();
        assert_eq!(reached, expected, "parameters with a gradient of peer {i}'s loss");
        let gradients = GradientsParams::from_grads(gradients, &peers[i]);
        peers[i] = optimizers[i].step(0.1, peers[i].clone(), gradients);
        for (j, (peer, before)) in peers.iter().zip(&before).enumerate() {
            assert_eq!(contents(peer) == *before, j != i, "peer {j} after the step of peer {i}");
        }
    }
}

/// Each term is what it is called.
#[test]
fn the_terms_are_the_labels_and_the_others() {
    let device = device();
    let (inputs, labels) = batch(&device);
    let logits: Vec<_> = (0..3).map(|k| inputs.clone().narrow(1, k, 3) * 2.0).collect();
    let mutual = mutual(3.0);
    let all = mutual.of_peers(&logits, labels.clone());
    assert_eq!(all.len(), 3);
    for (i, terms) in all.iter().enumerate() {
        let others = (0..3).filter(|&j| j != i).map(|j| logits[j].clone()).collect();
        let hard = rows::cross_entropy(logits[i].clone(), labels.clone()).mean();
        let expected = [
            ("hard", read(hard)[0]),
            ("mutual", read(mutual.forward(logits[i].clone(), others))[0]),
        ];
        assert_eq!(terms.values(), expected);
        assert!(terms.iter().all(|term| term.weight == 1.0));
        assert_eq!(mutual.of_peer(i, &logits, labels.clone()).values(), expected);
    }
}

fn ones(shape: [usize; 2]) -> Tensor<2> {
    Tensor::ones(shape, &device())
}

fn zeros(count: usize) -> Tensor<1, Int> {
    Tensor::zeros([count], &device())
}

#[test]
#[should_panic(expected = "MutualLoss: of 1 peers none has another to learn from; give the logits of at least 2")]
fn one_peer() {
    mutual(1.0).of_peers(&[ones([2, 3])], zeros(2));
}

#[test]
#[should_panic(expected = "MutualLoss: there is no other peer to learn from")]
fn no_others() {
    mutual(1.0).forward(ones([2, 3]), vec![]);
}

#[test]
#[should_panic(
    expected = "MutualLoss: peer 0 has shape [2, 3] and peer 2 [2, 4]; they differ at axis 1 (3 against 4) and nothing is broadcast: peers need the same classes"
)]
fn unequal_classes_name_the_peer() {
    mutual(1.0).of_peers(&[ones([2, 3]), ones([2, 3]), ones([2, 4])], zeros(2));
}

#[test]
#[should_panic(
    expected = "MutualLoss: the student has shape [2, 3] and the other peer 1 [1, 3]; they differ at axis 0 (2 against 1) and nothing is broadcast: give all peers the same samples"
)]
fn unequal_batches_name_the_peer() {
    mutual(1.0).forward(ones([2, 3]), vec![ones([2, 3]), ones([1, 3])]);
}

#[test]
#[should_panic(expected = "MutualLoss: there is no peer 2; there are 2, counted from 0")]
fn a_peer_too_many() {
    mutual(1.0).of_peer(2, &[ones([2, 3]), ones([2, 3])], zeros(2));
}

#[test]
#[should_panic(expected = "MutualLoss: there are 3 labels for 2 rows")]
fn too_many_labels() {
    mutual(1.0).of_peers(&[ones([2, 3]), ones([2, 3])], zeros(3));
}

#[test]
#[should_panic(expected = "MutualLoss: label 3 is not a class")]
fn a_label_too_high() {
    mutual(1.0).of_peers(&[ones([2, 3]), ones([2, 3])], zeros(2) + 3);
}

#[test]
#[should_panic(expected = "MutualLoss: the batch is empty")]
fn an_empty_batch() {
    mutual(1.0).of_peers(&[ones([0, 3]), ones([0, 3])], zeros(0));
}
