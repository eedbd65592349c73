//! What it costs that exits teach: a training step under BYOT beside the same network that learns from labels at all exits.
//!
//! A convolutional network with three exits on 64 images of 28 × 28, whose bottlenecks end in features of one width.

use burn::{
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Distribution, Int, Tensor, activation::relu},
};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use kd::{
    DistillLoss,
    self_distillation::{ByotLossConfig, DeepSupervision, Exits, HardLabelLossConfig},
};

const BATCH: usize = 64;

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

fn exits(criterion: &mut Criterion) {
    let device = Device::flex().autodiff();
    let images = Tensor::<4>::random([BATCH, 1, 28, 28], Distribution::Normal(0.0, 1.0), &device);
    let labels = Tensor::<1, Int>::arange(0..BATCH as i64, &device) % 10;
    let network = Network::new(&device);
    // Labels are looked at once for each exit or once in all; here by neither.
    let hard = DeepSupervision::shared(HardLabelLossConfig::new().with_check_labels(false).init());
    let byot = ByotLossConfig::new().with_check_labels(false).init();

    let mut group = criterion.benchmark_group("exits");
    group.sampling_mode(SamplingMode::Flat).sample_size(50);
    let mut time = |name: &str, loss: &dyn Fn(Exits) -> Tensor<1>| {
        let (mut model, mut optimizer) = (network.clone(), SgdConfig::new().init());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let gradients = loss(model.forward(images.clone())).backward();
                let gradients = GradientsParams::from_grads(gradients, &model);
                model = optimizer.step(0.01, model.clone(), gradients);
            });
        });
    };
    time("labels", &|exits| hard.forward(exits.logits, labels.clone()));
    time("byot", &|exits| byot.terms(exits, labels.clone()).total());
    // Once more, for how much of the difference is the machine's.
    time("labels_again", &|exits| hard.forward(exits.logits, labels.clone()));
    group.finish();
}

criterion_group!(benches, exits);
criterion_main!(benches);
