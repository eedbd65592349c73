//! Inputs and timings that the benches share.

pub mod interleaved;
pub mod silent;

use std::{hint::black_box, time::Duration};

use burn::tensor::{Device, Distribution, Tensor};
use criterion::{BenchmarkGroup, BenchmarkId, SamplingMode, Throughput, measurement::WallTime};

/// Normal logits of standard deviation 3, `[rows, classes]`, on the device.
pub fn logits(shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::random(shape, Distribution::Normal(0.0, 3.0), device)
}

/// Times a loss and the student's gradient; one sample is one training step's share of both.
pub fn forward_backward(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    shape: [usize; 2],
    device: &Device,
    loss: impl Fn(Tensor<2>, Tensor<2>) -> Tensor<1>,
) {
    let [rows, classes] = shape;
    let numbers = rows * classes;
    let student = logits(shape, &device.clone().autodiff()).require_grad();
    let teacher = logits(shape, device);

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
