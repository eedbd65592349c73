//! Hinton's soft loss, forward and backward, beside the same loss composed of burn's own operations.

use std::hint::black_box;
use std::time::Duration;

use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use kd::DistillLoss;
use kd::soft_label::SoftLabelLossConfig;
use kd_benches::logits;

/// `[rows, classes]`: MNIST, CIFAR-100, ImageNet, and the vocabulary of a small language model.
const SHAPES: [[usize; 2]; 4] = [[128, 10], [256, 100], [1024, 1000], [512, 32_000]];
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
    for shape in SHAPES {
        forward_backward(&mut group, "kd", shape, |s, t| loss.forward(s, t));
        forward_backward(&mut group, "textbook", shape, textbook);
    }
    group.finish();
}

/// Times the loss and the student's gradient; one sample is one training step's share of both.
fn forward_backward(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    shape: [usize; 2],
    loss: impl Fn(Tensor<2>, Tensor<2>) -> Tensor<1>,
) {
    let [rows, classes] = shape;
    let numbers = rows * classes;
    let device = Device::flex();
    let student = logits(shape, &device.clone().autodiff()).require_grad();
    let teacher = logits(shape, &device);

    // The floor: student and teacher read once, the gradient written once.
    let bytes = 3 * numbers * size_of::<f32>();
    group.throughput(Throughput::Bytes(bytes as u64));
    group.warm_up_time(Duration::from_secs(1));
    group.measurement_time(Duration::from_secs(4));
    group.sampling_mode(SamplingMode::Flat);
    group.sample_size(if numbers > 100_000 { 20 } else { 100 });
    let id = BenchmarkId::new(name, format!("{rows}x{classes}"));
    group.bench_function(id, |bencher| {
        bencher.iter(|| {
            let mut gradients = loss(student.clone(), teacher.clone()).backward();
            let gradient = student.grad_remove(&mut gradients);
            device.sync().expect("the device finishes its work");
            black_box(gradient.expect("the student has a gradient"))
        });
    });
}

criterion_group!(benches, soft_label);
criterion_main!(benches);
