//! What distillation costs beyond what nobody can avoid, in a loop by hand and in Burn's own training loop: an epoch of steps
//! beside the same epoch of (teacher's forward pass + student's own step on labels).
//!
//! MNIST's networks: a teacher of 784–1200–1200–10, a student of 784–800–10, batches of 128. The epochs take turns, so what
//! else the machine does falls on all of them. `KD_BENCH_ROUNDS` changes how many rounds are counted.

use std::sync::Arc;

use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::{Device, Distribution, Int, Tensor, activation::relu};
use burn::train::{Learner, SupervisedTraining};
use kd::prelude::*;
use kd::rows;
use kd::train::{Batch, Distillation, DistillationMetrics, Objective, SoftAndHardConfig, Student};
use kd_benches::interleaved::Turns;
use kd_benches::silent::Silent;

const BATCH: usize = 128;
const STEPS: usize = 20;
const RATE: f64 = 0.01;

#[derive(Module, Debug)]
struct Network {
    layers: Vec<Linear>,
}

impl Network {
    fn new(sizes: &[usize], device: &Device) -> Self {
        let layer = |pair: &[usize]| LinearConfig::new(pair[0], pair[1]).init(device);
        Self {
            layers: sizes.windows(2).map(layer).collect(),
        }
    }

    fn forward(&self, images: Tensor<2>) -> Tensor<2> {
        let (last, hidden) = self.layers.split_last().expect("a network has layers");
        let hidden = hidden.iter().fold(images, |values, layer| relu(layer.forward(values)));
        last.forward(hidden)
    }
}

impl Student<Tensor<2>> for Network {
    type Output = Tensor<2>;

    fn answer(&self, images: Tensor<2>) -> Tensor<2> {
        self.forward(images)
    }
}

#[derive(Clone)]
struct Images {
    images: Tensor<2>,
    labels: Tensor<1, Int>,
}

impl Batch for Images {
    type Input = Tensor<2>;

    fn input(&self) -> Tensor<2> {
        self.images.clone()
    }

    fn labels(&self) -> Option<Tensor<1, Int>> {
        Some(self.labels.clone())
    }

    fn rows(&self) -> usize {
        BATCH
    }
}

/// What nobody can avoid: the teacher has spoken, and the student learns from labels alone.
#[derive(Module, Debug)]
struct LabelsAlone;

impl Objective<Tensor<2>, Images> for LabelsAlone {
    type Taught = Tensor<2>;

    fn terms(&self, student: Tensor<2>, _teacher: Tensor<2>, batch: &Images, _step: usize) -> LossTerms {
        LossTerms::new().with("hard", 1.0, rows::cross_entropy(student, batch.labels.clone()).mean())
    }
}

/// The same batch again and again.
#[derive(Clone)]
struct Again {
    batch: Images,
    times: usize,
}

struct Left<'a>(&'a Again, usize);

impl Iterator for Left<'_> {
    type Item = Result<Images, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.1 < self.0.times).then(|| {
            self.1 += 1;
            Ok(self.0.batch.clone())
        })
    }
}

impl DataLoaderIterator<Images> for Left<'_> {
    fn progress(&self) -> Progress {
        Progress::new(self.1, self.0.times, None)
    }
}

impl DataLoader<Images> for Again {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<Images> + 'a> {
        Box::new(Left(self, 0))
    }

    fn num_items(&self) -> usize {
        self.times
    }

    fn to_device(&self, _device: &Device) -> Arc<dyn DataLoader<Images>> {
        Arc::new(self.clone())
    }

    fn slice(&self, _start: usize, _end: usize) -> Arc<dyn DataLoader<Images>> {
        Arc::new(self.clone())
    }
}

fn main() {
    let device = Device::flex().autodiff();
    let batch = Images {
        images: Tensor::random([BATCH, 784], Distribution::Uniform(0.0, 1.0), &device),
        labels: Tensor::<1, Int>::arange(0..BATCH as i64, &device) % 10,
    };
    let student = Network::new(&[784, 800, 10], &device);
    let large = Network::new(&[784, 1200, 1200, 10], &device);
    let teacher = Frozen::new(large, |network: &Network, images: Tensor<2>| network.forward(images));
    let kd = KnowledgeDistillationLossConfig::new().with_check_labels(false).init();
    let mixed = SoftAndHardConfig::new().with_check_labels(false).init();

    let by_hand = |loss: &dyn Fn(Tensor<2>, Tensor<2>) -> Tensor<1>| {
        let (mut model, mut optimizer) = (student.clone(), SgdConfig::new().init());
        for _ in 0..STEPS {
            let taught = teacher.teach(batch.input());
            let loss = loss(model.forward(batch.input()), taught);
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            model = optimizer.step(RATE, model, gradients);
        }
    };
    let of_labels = |logits: Tensor<2>, _taught| rows::cross_entropy(logits, batch.labels.clone()).mean();
    let of_both = |logits, taught| kd.forward(logits, Labelled::new(taught, batch.labels.clone()));
    let rounds = std::env::var("KD_BENCH_ROUNDS").map_or(30, |rounds| rounds.parse().expect("a number of rounds"));

    let turns = Turns::take(
        rounds,
        &mut [
            &mut || by_hand(&of_labels),
            &mut || by_hand(&of_both),
            &mut || in_learner(&student, &teacher, LabelsAlone, &batch, Seen::Nothing),
            &mut || in_learner(&student, &teacher, mixed.clone(), &batch, Seen::Nothing),
            &mut || {
                in_learner(
                    &student,
                    &teacher,
                    SoftAndHardConfig::new().init(),
                    &batch,
                    Seen::Everything,
                )
            },
        ],
    );
    println!(
        "| epoch of {STEPS} steps | seconds (quartiles) | over the first, in its round (quartiles) |\n|---|--:|--:|"
    );
    let names = [
        "by hand: teacher's forward pass + student's step on labels",
        "by hand: distillation",
        "Learner: teacher's forward pass + student's step on labels",
        "Learner: distillation",
        "Learner: distillation, labels checked, with all metrics",
    ];
    for (number, name) in names.iter().enumerate() {
        println!(
            "| {name} | {} | {} |",
            turns.seconds(number).show(1.0),
            turns.ratio(number, 0).show(1.0)
        );
    }
    println!(
        "\nLearner: distillation over labels alone: {}",
        turns.ratio(3, 2).show(1.0)
    );
}

/// What of a training is in the dashboard.
enum Seen {
    Nothing,
    Everything,
}

/// The same epoch by Burn's learner.
fn in_learner<T, O>(student: &Network, teacher: &T, objective: O, batch: &Images, seen: Seen)
where
    T: Teacher<Tensor<2>, Output = Tensor<2>> + Clone + Send + Sync + 'static,
    O: Objective<Tensor<2>, Images, Taught = Tensor<2>>,
{
    let folder = tempfile::tempdir().expect("a temporary folder");
    let epoch = |times| {
        Arc::new(Again {
            batch: batch.clone(),
            times,
        })
    };
    let model = Distillation::new(student.clone(), teacher.clone(), objective);
    let training = SupervisedTraining::new(folder.path(), epoch(STEPS), epoch(0))
        .renderer(Box::new(Silent))
        .with_application_logger(None);
    let training = match seen {
        Seen::Nothing => training,
        Seen::Everything => training.metrics(DistillationMetrics::new(["soft", "hard"])),
    };
    let result = training.launch(Learner::new(model, SgdConfig::new().init(), RATE));
    assert!(result.error.is_none());
}
