//! What a recorded teacher costs: a training step with and without one, its room on disk, and a sample among a thousand and among
//! a million.

use std::{cell::RefCell, fs, hint::black_box, path::Path};

use burn::{
    module::Module,
    nn::{
        Linear, LinearConfig,
        loss::{CrossEntropyLoss, CrossEntropyLossConfig},
    },
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Distribution, Int, Tensor, activation::relu},
};
use kd::{
    DistillLoss, Teacher, TopK,
    cache::{Cache, CacheKey, CacheWriterConfig, Floats, Replay, Samples},
    soft_label::SoftLabelLossConfig,
};
use kd_benches::{interleaved::Turns, logits};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};

const BATCH: usize = 128;

fn main() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    steps(folder.path());
    room(folder.path());
    for classes in [10, 100] {
        access(folder.path(), classes);
    }
}

/// A perceptron 784-800-800-10, the student of Hinton's paper.
#[derive(Module, Debug)]
struct Student {
    layers: [Linear; 3],
}

impl Student {
    fn new(device: &Device) -> Self {
        let layer = |from, to| LinearConfig::new(from, to).init(device);
        Self {
            layers: [layer(784, 800), layer(800, 800), layer(800, 10)],
        }
    }

    fn forward(&self, images: Tensor<2>) -> Tensor<2> {
        let [first, second, last] = &self.layers;
        last.forward(relu(second.forward(relu(first.forward(images)))))
    }
}

/// A step of a new student under a loss of its logits, each time it is called.
fn step<'a>(images: &'a Tensor<2>, loss: &'a dyn Fn(Tensor<2>) -> Tensor<1>) -> impl FnMut() + 'a {
    let (mut student, mut optimizer) = (Student::new(&images.device()), SgdConfig::new().init());
    move || {
        let gradients = loss(student.forward(images.clone())).backward();
        let gradients = GradientsParams::from_grads(gradients, &student);
        student = optimizer.step(0.01, student.clone(), gradients);
    }
}

/// Steps of the student: on labels alone, with soft labels from a warm cache in any order, and with soft labels that are at hand.
fn steps(folder: &Path) {
    const SAMPLES: usize = 60_000;
    const ROUNDS: usize = 100;
    let device = Device::flex().autodiff();
    let images = Tensor::<2>::random([BATCH, 784], Distribution::Normal(0.0, 1.0), &device);
    let labels = Tensor::<1, Int>::arange(0..BATCH as i64, &device) % 10;
    let cache = recorded(&folder.join("step"), 10, (0..SAMPLES as u64).collect());
    let replay = Replay::<Tensor<2>>::new(cache, &device);
    let at_hand = logits([BATCH, 10], &Device::flex());
    let mut order: Vec<u64> = (0..SAMPLES as u64).collect();
    order.shuffle(&mut StdRng::seed_from_u64(1));
    let batches = RefCell::new(order.chunks_exact(BATCH).map(<[u64]>::to_vec).cycle());
    let next = || batches.borrow_mut().next().expect("it goes round");
    let taught = || replay.teach(Samples::new(next(), ()));

    let hard: CrossEntropyLoss = CrossEntropyLossConfig::new().init(&device);
    let soft = SoftLabelLossConfig::new().with_temperature(4.0).init();
    let on_labels = |logits: Tensor<2>| hard.forward(logits, labels.clone());
    let both = |logits: Tensor<2>, taught| soft.forward(logits.clone(), taught) * 0.9 + on_labels(logits) * 0.1;
    let soft_from_cache = |logits| soft.forward(logits, taught());
    let both_from_cache = |logits| both(logits, taught());
    let both_at_hand = |logits| both(logits, at_hand.clone());
    let turns = Turns::take(
        ROUNDS,
        &mut [
            &mut step(&images, &on_labels),
            &mut step(&images, &on_labels),
            &mut step(&images, &both_from_cache),
            &mut step(&images, &both_at_hand),
            &mut step(&images, &soft_from_cache),
            &mut || drop(black_box(taught())),
        ],
    );
    println!("| a step of 784-800-800-10, batch {BATCH} | ms | over labels alone |\n|---|--:|--:|");
    let names = [
        "labels alone",
        "labels alone, again",
        "labels and soft labels from the cache",
        "labels and soft labels at hand",
        "soft labels from the cache alone",
        "the cache alone",
    ];
    for (number, name) in names.into_iter().enumerate() {
        let (ms, ratio) = (turns.seconds(number).show(1e3), turns.ratio(number, 0).show(1.0));
        println!("| {name} | {ms} | {ratio} |");
    }
}

/// Bytes on disk of 64 of 32,000 classes, over those of all logits in f32.
fn room(folder: &Path) {
    const SAMPLES: usize = 256;
    const CLASSES: usize = 32_000;
    println!("\n| 64 of {CLASSES} classes, kept in | bytes a sample | of all logits in f32 |\n|---|--:|--:|");
    let teacher = logits([SAMPLES, CLASSES], &Device::flex());
    for floats in [Floats::F32, Floats::F16] {
        let folder = folder.join(format!("room-{floats:?}"));
        let mut writer = CacheWriterConfig::new()
            .with_floats(floats)
            .open(&folder, &key())
            .expect("the folder is empty");
        let ids: Vec<u64> = (0..SAMPLES as u64).collect();
        writer
            .append(&ids, TopK::of(teacher.clone(), 64, 1.0))
            .expect("there is room");
        drop(writer);
        let files = fs::read_dir(&folder).expect("it is there");
        let bytes: u64 = files
            .map(|file| file.and_then(|file| file.metadata()).expect("it is there").len())
            .sum();
        let each = bytes as f64 / SAMPLES as f64;
        let share = 100.0 * each / (CLASSES * 4) as f64;
        println!("| {floats:?} | {each:.0} | {share:.2} % |");
    }
}

/// Samples of so many logits by id, drawn at random among few and among many.
fn access(folder: &Path, classes: usize) {
    const ROUNDS: usize = 50;
    const SAMPLES: usize = 160 * BATCH;
    let mut random = StdRng::seed_from_u64(2);
    let anywhere: Vec<u64> = (0..1_000_000).map(|_| random.random()).collect();
    let caches = [
        ("1,000, ids counted", (0..1_000).collect()),
        ("1,000,000, ids counted", (0..1_000_000).collect()),
        ("1,000,000, ids from anywhere", anywhere),
    ];
    let caches: Vec<(&str, Vec<u64>, Cache)> = caches
        .into_iter()
        .enumerate()
        .map(|(number, (name, ids))| {
            let cache = recorded(&folder.join(format!("access-{classes}-{number}")), classes, ids.clone());
            (name, ids, cache)
        })
        .collect();
    let device = Device::flex();
    for at_once in [BATCH, 1] {
        let mut runs: Vec<Box<dyn FnMut()>> = Vec::new();
        for (_, ids, cache) in &caches {
            // Drawn beforehand, so that what is timed is the cache alone.
            let mut drawn = std::iter::repeat_with(|| ids[random.random_range(0..ids.len())]);
            let rounds: Vec<Vec<u64>> = (0..ROUNDS + 2)
                .map(|_| drawn.by_ref().take(SAMPLES).collect())
                .collect();
            let (mut rounds, device) = (rounds.into_iter(), &device);
            runs.push(Box::new(move || {
                let ids = rounds.next().expect("drawn for as many rounds");
                for ids in ids.chunks(at_once) {
                    let logits: Tensor<2> = cache.get(ids, device).expect("it was recorded");
                    black_box(logits);
                }
            }));
        }
        let mut runs: Vec<&mut dyn FnMut()> = runs.iter_mut().map(|run| run.as_mut() as _).collect();
        let turns = Turns::take(ROUNDS, &mut runs);
        println!("\n| samples of {classes} logits, {at_once} at once | µs a sample | over 1,000 |\n|---|--:|--:|");
        for (number, (name, ..)) in caches.iter().enumerate() {
            let us = turns.seconds(number).show(1e6 / SAMPLES as f64);
            println!("| {name} | {us} | {} |", turns.ratio(number, 0).show(1.0));
        }
    }
}

/// A cache of so many logits for each of these, read through once.
fn recorded(folder: &Path, classes: usize, ids: Vec<u64>) -> Cache {
    let mut writer = CacheWriterConfig::new()
        .open(folder, &key())
        .expect("the folder is empty");
    for ids in ids.chunks(4096) {
        writer
            .append(ids, logits([ids.len(), classes], &Device::flex()))
            .expect("there is room");
    }
    let cache = writer.finish().expect("there is room");
    cache.verify().expect("it was just written");
    cache
}

fn key() -> CacheKey {
    CacheKey::new("normal numbers", "numbers, by themselves", "logits")
}
