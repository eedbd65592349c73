//! What it costs that exits teach: a training step under BYOT beside the same network that learns from labels at all exits.
//!
//! A convolutional network with three exits on 64 images of 28 × 28, whose bottlenecks end in features of one width. The steps
//! take turns, and each is compared with those of its own round: what else the machine does meanwhile falls on all of them,
//! where blocks of steps, one after the other, differ by more than the few percent that are looked for.

use std::time::Instant;

use burn::{
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Distribution, Int, Tensor, activation::relu},
};
use kd::{
    DistillLoss,
    self_distillation::{ByotLossConfig, DeepSupervision, Exits, HardLabelLossConfig},
};

const BATCH: usize = 64;

/// Rounds that are counted, and those before them that are not.
const ROUNDS: usize = 400;
const WARM_UP: usize = 20;

#[derive(Module, Debug)]
struct Stage {
    conv: Conv2d,
    norm: BatchNorm,
    bottleneck: Conv2d,
    head: Linear,
}

#[derive(Module, Debug)]
struct Network {
    stages: Vec<Stage>,
}

impl Network {
    fn new(device: &Device) -> Self {
        let stage = |from: usize, to: usize| Stage {
            conv: Conv2dConfig::new([from, to], [3, 3])
                .with_stride([2, 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(device),
            norm: BatchNormConfig::new(to).init(device),
            bottleneck: Conv2dConfig::new([to, 32], [1, 1]).init(device),
            head: LinearConfig::new(32, 10).init(device),
        };
        Self {
            stages: vec![stage(1, 16), stage(16, 32), stage(32, 64)],
        }
    }

    fn forward(&self, images: Tensor<4>) -> Exits {
        let mut exits = Exits::new();
        let mut map = images;
        for stage in &self.stages {
            map = relu(stage.norm.forward(stage.conv.forward(map)));
            let features = relu(stage.bottleneck.forward(map.clone()))
                .mean_dims(&[2, 3])
                .flatten::<2>(1, 3);
            exits = exits.with(stage.head.forward(features.clone()), features);
        }
        exits
    }
}

/// A step that can be taken again and again.
type Step<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn main() {
    let device = Device::flex().autodiff();
    let images = Tensor::<4>::random([BATCH, 1, 28, 28], Distribution::Normal(0.0, 1.0), &device);
    let labels = Tensor::<1, Int>::arange(0..BATCH as i64, &device) % 10;
    let network = Network::new(&device);
    // Labels are looked at once for each exit or once in all; here by neither.
    let hard = DeepSupervision::shared(HardLabelLossConfig::new().with_check_labels(false).init());
    let byot = ByotLossConfig::new().with_check_labels(false).init();
    let of_labels = |exits: Exits| hard.forward(exits.logits, labels.clone());
    let of_exits = |exits: Exits| byot.terms(exits, labels.clone()).total();

    println!("| step of the network | ms (quartiles) | over labels, in its round (quartiles) |\n|---|--:|--:|");
    in_turn([
        ("labels at all exits", training(&network, &images, &of_labels)),
        // Once more, for how much of a difference is the machine's.
        ("labels at all exits, again", training(&network, &images, &of_labels)),
        ("BYOT", training(&network, &images, &of_exits)),
    ]);
    println!(
        "\n| loss and its gradients alone | ms (quartiles) | over labels, in its round (quartiles) |\n|---|--:|--:|"
    );
    let exits = network.forward(images);
    in_turn([
        ("labels at all exits", alone(&exits, &of_labels)),
        ("BYOT", alone(&exits, &of_exits)),
    ]);
}

/// A step of training with this loss, of a copy of the network.
fn training<'a>(
    network: &Network,
    images: &'a Tensor<4>,
    loss: &'a dyn Fn(Exits) -> Tensor<1>,
) -> Box<dyn FnMut() + 'a> {
    let (mut model, mut optimizer) = (network.clone(), SgdConfig::new().init());
    Box::new(move || {
        let gradients = loss(model.forward(images.clone())).backward();
        let gradients = GradientsParams::from_grads(gradients, &model);
        model = optimizer.step(0.01, model.clone(), gradients);
    })
}

/// The loss of exits that nothing is before.
fn alone<'a>(exits: &Exits, loss: &'a dyn Fn(Exits) -> Tensor<1>) -> Box<dyn FnMut() + 'a> {
    let leaf = |tensor: Tensor<2>| tensor.detach().require_grad();
    let logits = exits.logits.iter().cloned().map(leaf);
    let features = exits
        .features
        .iter()
        .cloned()
        .map(|features| leaf(features.flatten_samples()));
    let leaves: Vec<_> = logits.zip(features).collect();
    Box::new(move || {
        let exits = leaves.iter().cloned();
        let exits = exits.fold(Exits::new(), |exits, (logits, features)| exits.with(logits, features));
        drop(loss(exits).backward());
    })
}

/// Takes the steps in turn, another one first in each round, and prints a row of a table for each.
fn in_turn<const N: usize>(mut steps: [Step; N]) {
    let mut rounds = Vec::new();
    for round in 0..WARM_UP + ROUNDS {
        let mut times = [0.0; N];
        for at in (0..N).map(|at| (round + at) % N) {
            let start = Instant::now();
            steps[at].1();
            times[at] = start.elapsed().as_secs_f64() * 1e3;
        }
        rounds.push(times);
    }
    rounds.drain(..WARM_UP);
    for (at, (name, _)) in steps.iter().enumerate() {
        let times = quartiles(rounds.iter().map(|times| times[at]));
        let ratios = quartiles(rounds.iter().map(|times| times[at] / times[0]));
        println!("| {name} | {times} | {ratios} |");
    }
}

/// The median, and the quartiles around it.
fn quartiles(numbers: impl Iterator<Item = f64>) -> String {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    let [low, median, high] = [1, 2, 3].map(|quarter| sorted[quarter * (sorted.len() - 1) / 4]);
    format!("{median:.3} ({low:.3}–{high:.3})")
}
