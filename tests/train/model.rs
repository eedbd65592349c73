//! What the tests train: a small network, a larger one, points with labels, and Burn's learner around them.

use std::path::Path;
use std::sync::Arc;

use burn::data::dataloader::{DataLoader, batcher::Batcher};
use burn::data::dataset::InMemDataset;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::optim::momentum::MomentumConfig;
use burn::optim::{ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData};
use burn::train::checkpoint::KeepLastNCheckpoints;
use burn::train::{Learner, LearningResult, SupervisedTraining};
use kd::train::{Batch, Distillation, EpochLoader, SoftAndHard, SoftAndHardConfig, Student};
use kd::{Frozen, Schedule};
use kd_testkit::waved;

pub const RATE: f64 = 0.1;
pub const SAMPLES: usize = 22;
pub const SIZE: usize = 6;

/// Four numbers in, three classes out.
#[derive(Module, Debug)]
pub struct Network {
    pub inner: Linear,
    pub outer: Linear,
}

impl Network {
    pub fn new(hidden: usize, device: &Device) -> Self {
        waved(Self {
            inner: LinearConfig::new(4, hidden).init(device),
            outer: LinearConfig::new(hidden, 3).init(device),
        })
    }

    pub fn forward(&self, points: Tensor<2>) -> Tensor<2> {
        self.outer.forward(self.inner.forward(points).tanh())
    }
}

impl Student<Tensor<2>> for Network {
    type Output = Tensor<2>;

    fn answer(&self, points: Tensor<2>) -> Tensor<2> {
        self.forward(points)
    }
}

#[derive(Clone, Debug)]
pub struct Points {
    pub points: Tensor<2>,
    pub labels: Option<Tensor<1, Int>>,
}

impl Batch for Points {
    type Input = Tensor<2>;

    fn input(&self) -> Tensor<2> {
        self.points.clone()
    }

    fn labels(&self) -> Option<Tensor<1, Int>> {
        self.labels.clone()
    }

    fn rows(&self) -> usize {
        self.points.dims()[0]
    }
}

/// Sample `number` of the set.
#[derive(Clone, Debug)]
pub struct Sample(pub usize);

#[derive(Clone)]
pub struct ToPoints {
    pub labelled: bool,
}

impl Batcher<Sample, Points> for ToPoints {
    fn batch(&self, samples: Vec<Sample>, device: &Device) -> Points {
        let rows = samples.len();
        let point = |&Sample(number): &Sample| (0..4).map(move |axis| ((number * 4 + axis) as f32).sin() * 2.0);
        let points: Vec<f32> = samples.iter().flat_map(point).collect();
        let labels: Vec<i32> = samples.iter().map(|Sample(number)| (number % 3) as i32).collect();
        let labels = || Tensor::from_data(TensorData::new(labels, [rows]), device);
        Points {
            points: Tensor::from_data(TensorData::new(points, [rows, 4]), device),
            labels: self.labelled.then(labels),
        }
    }
}

/// All samples in batches of `size`, shuffled.
pub fn loader(size: usize) -> EpochLoader<Sample, Points> {
    of_samples(0..SAMPLES, size, true)
}

pub fn of_samples(samples: impl Iterator<Item = usize>, size: usize, labelled: bool) -> EpochLoader<Sample, Points> {
    let samples = samples.map(Sample).collect();
    EpochLoader::new(
        Arc::new(InMemDataset::new(samples)),
        Arc::new(ToPoints { labelled }),
        size,
        42,
    )
}

pub type Model = Distillation<Points, Network, SoftAndHard>;

pub fn teacher(device: &Device) -> Frozen<Network, fn(&Network, Tensor<2>) -> Tensor<2>> {
    Frozen::new(
        Network::new(16, device),
        Network::forward as fn(&Network, Tensor<2>) -> Tensor<2>,
    )
}

pub fn objective(temperature: f64, alpha: f64) -> SoftAndHard {
    SoftAndHardConfig::new()
        .with_temperature(Schedule::constant(temperature))
        .with_alpha(Schedule::constant(alpha))
        .init()
}

pub fn model(device: &Device) -> Model {
    Distillation::new(Network::new(5, device), teacher(device), objective(4.0, 0.75))
}

/// With a memory, so that a checkpoint without the optimizer's state would be found out.
pub fn optimizer() -> ModuleOptimizer {
    SgdConfig::new().with_momentum(Some(MomentumConfig::new())).init()
}

/// Burn's learner in `folder`, as the tests want it: every epoch's checkpoint kept, nothing on the screen.
pub fn training(
    folder: &Path,
    train: impl DataLoader<Points> + 'static,
    valid: impl DataLoader<Points> + 'static,
) -> SupervisedTraining<Model> {
    SupervisedTraining::new(folder, Arc::new(train), Arc::new(valid))
        .with_default_checkpointers()
        .with_checkpointing_strategy(KeepLastNCheckpoints::new(9))
        .with_application_logger(None)
}

/// Trains `model` for `epochs` on batches of [`SIZE`].
pub fn train(folder: &Path, model: Model, epochs: usize) -> LearningResult<Model> {
    training(folder, loader(SIZE), loader(SIZE).in_order())
        .num_epochs(epochs)
        .launch(Learner::new(model, optimizer(), RATE))
}
