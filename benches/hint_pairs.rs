//! What two hint pairs cost: a distilling step beside its parts, the student's own step and the teacher's forward pass.
//!
//! Convolutional networks on 32 images of 32 × 32, the teacher twice as wide and three times as deep, so projectors are needed.

use burn::{
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
        loss::CrossEntropyLossConfig,
    },
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Distribution, Int, Tensor, activation::relu},
};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use kd::{
    Features, Frozen, Projected, Teacher,
    feature::{AdapterConfig, Distilled, FeaturePairs, HintLoss, HintLossConfig, Projector, align::Plan},
};

const BATCH: usize = 32;

#[derive(Module, Debug)]
struct Layer {
    conv: Conv2d,
    norm: BatchNorm,
}

/// Three stages of convolutions, each half as high and wide as the one before.
#[derive(Module, Debug)]
struct Network {
    stages: Vec<Vec<Layer>>,
    head: Linear,
}

impl Network {
    fn new(width: usize, depth: usize, device: &Device) -> Self {
        let layer = |from: usize, to: usize, stride: usize| Layer {
            conv: Conv2dConfig::new([from, to], [3, 3])
                .with_stride([stride, stride])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(device),
            norm: BatchNormConfig::new(to).init(device),
        };
        let stage = |from: usize, to: usize, stride: usize| -> Vec<Layer> {
            (0..depth)
                .map(|at| {
                    if at == 0 {
                        layer(from, to, stride)
                    } else {
                        layer(to, to, 1)
                    }
                })
                .collect()
        };
        Self {
            stages: vec![
                stage(3, width, 1),
                stage(width, 2 * width, 2),
                stage(2 * width, 4 * width, 2),
            ],
            head: LinearConfig::new(4 * width, 10).init(device),
        }
    }

    fn forward(&self, images: Tensor<4>) -> (Tensor<2>, Features) {
        let mut features = Features::new();
        let mut map = images;
        for (number, stage) in self.stages.iter().enumerate() {
            for layer in stage {
                map = relu(layer.norm.forward(layer.conv.forward(map)));
            }
            features = features.with(number.to_string(), map.clone());
        }
        (self.head.forward(map.mean_dims(&[2, 3]).flatten::<2>(1, 3)), features)
    }
}

type Pairs = FeaturePairs<Projector, HintLoss>;

fn hint_pairs(criterion: &mut Criterion) {
    let device = Device::flex().autodiff();
    let images = Tensor::<4>::random([BATCH, 3, 32, 32], Distribution::Normal(0.0, 1.0), &device);
    let labels = Tensor::<1, Int>::arange(0..BATCH as i64, &device) % 10;
    let hard = CrossEntropyLossConfig::new().init(&device);
    let student = Network::new(16, 1, &device);
    let teacher = Frozen::new(Network::new(32, 3, &device), |network, images| network.forward(images));
    let plan = Plan::by_index(["1", "2"], ["1", "2"]).expect("as many layers on both sides");
    let (of_student, of_teacher) = (student.forward(images.clone()).1, teacher.teach(images.clone()).1);
    let pairs: Pairs = FeaturePairs::from_plan(&plan, &of_student, &of_teacher, |from, to| {
        let projector = AdapterConfig::new(from.to_vec(), to.to_vec()).try_init(&device)?;
        Ok(Projected::new(projector, HintLossConfig::new().init()))
    })
    .expect("the layers are there");

    let mut group = criterion.benchmark_group("hint_pairs");
    group.sampling_mode(SamplingMode::Flat).sample_size(20);
    group.bench_function("student_step", |bencher| {
        let (mut model, mut optimizer) = (student.clone(), SgdConfig::new().init());
        bencher.iter(|| {
            let loss = hard.forward(model.forward(images.clone()).0, labels.clone());
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            model = optimizer.step(0.01, model.clone(), gradients);
        });
    });
    group.bench_function("teacher_forward", |bencher| {
        bencher.iter(|| teacher.teach(images.clone()))
    });
    group.bench_function("distilling_step", |bencher| {
        let (mut model, mut optimizer) = (Distilled::new(student.clone(), pairs.clone()), SgdConfig::new().init());
        bencher.iter(|| {
            let (logits, features) = model.student.forward(images.clone());
            let terms = model
                .distiller
                .terms(&features, &teacher.teach(images.clone()).1)
                .expect("the layers are there");
            let loss = hard.forward(logits, labels.clone()) + terms.total();
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            model = optimizer.step(0.01, model.clone(), gradients);
        });
    });
    group.finish();
}

criterion_group!(benches, hint_pairs);
criterion_main!(benches);
