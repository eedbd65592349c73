//! Hinton's soft loss, forward and backward, beside the same loss composed of burn's own operations, and beside a copy.

use std::hint::black_box;

use burn::tensor::{Device, Tensor, activation::log_softmax};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kd::{DistillLoss, soft_label::SoftLabelLossConfig};
use kd_benches::forward_backward;
use rayon::prelude::*;

/// `[rows, classes]`: MNIST, CIFAR-100, ImageNet, and the vocabularies of a small and a large language model.
const SHAPES: [[usize; 2]; 5] = [[128, 10], [256, 100], [1024, 1000], [512, 32_000], [256, 128_256]];
const TEMPERATURE: f64 = 4.0;

/// The loss as a reader of the paper writes it.
fn textbook(student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
    let student = log_softmax(student / TEMPERATURE, 1);
    let teacher = log_softmax(teacher / TEMPERATURE, 1);
    let kl = (teacher.clone().exp() * (teacher - student)).sum_dim(1);
    kl.mean() * TEMPERATURE * TEMPERATURE
}

fn soft_label(criterion: &mut Criterion) {
    let loss = SoftLabelLossConfig::new().with_temperature(TEMPERATURE).init();
    let mut group = criterion.benchmark_group("soft_label");
    let device = Device::flex();
    for shape in SHAPES {
        forward_backward(&mut group, "kd", shape, &device, |s, t| loss.forward(s, t));
        forward_backward(&mut group, "textbook", shape, &device, textbook);
    }
    group.finish();
}

/// What the memory can do: numbers copied from one place to another, both there already, on all threads.
fn copy(criterion: &mut Criterion) {
    const NUMBERS: usize = 512 * 32_000;
    const PIECE: usize = 1 << 16;
    let (from, mut to) = (vec![1.0f32; NUMBERS], vec![0.0f32; NUMBERS]);
    let mut group = criterion.benchmark_group("copy");
    group.throughput(Throughput::Bytes(2 * (NUMBERS * size_of::<f32>()) as u64));
    group.bench_function(BenchmarkId::from_parameter(NUMBERS), |bencher| {
        bencher.iter(|| {
            let pieces = to.par_chunks_mut(PIECE).zip(from.par_chunks(PIECE));
            pieces.for_each(|(to, from)| to.copy_from_slice(from));
            black_box(&mut to);
        });
    });
    group.finish();
}

criterion_group!(benches, soft_label, copy);
criterion_main!(benches);
