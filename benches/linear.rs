//! Hinton's loss behind a language model's output layer, forward and backward: logits some rows at a time and all at once.

use std::hint::black_box;

use burn::tensor::{Device, Tensor};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use kd::{DistillLoss, LinearLogits, soft_label::SoftLabelLossConfig};
use kd_benches::logits;

const ROWS: usize = 1024;
const HIDDEN: usize = 384;
const VOCAB: usize = 128_256;

fn linear(criterion: &mut Criterion) {
    let loss = SoftLabelLossConfig::new().with_temperature(4.0).init();
    let device = Device::flex();
    let autodiff = device.clone().autodiff();
    let side = |device: &Device| {
        let scale = (HIDDEN as f64).sqrt().recip() / 3.0;
        LinearLogits::new(logits([ROWS, HIDDEN], device), logits([HIDDEN, VOCAB], device) * scale)
    };
    let student = side(&autodiff);
    let student = LinearLogits::new(student.hidden.require_grad(), student.weight.detach().require_grad());
    let teacher = side(&device);
    let step = |total: Tensor<1>| {
        let gradients = total.backward();
        device.sync().expect("the device finishes its work");
        black_box((student.hidden.grad(&gradients), student.weight.grad(&gradients)))
    };

    let mut group = criterion.benchmark_group("linear");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for rows in [16, 48, 80, 128, 1024] {
        group.bench_function(format!("{rows}_rows_at_a_time"), |bencher| {
            bencher.iter(|| step(loss.forward(student.clone().with_rows_at_once(rows), teacher.clone())));
        });
    }
    group.bench_function("all_at_once", |bencher| {
        bencher.iter(|| step(loss.forward(student.clone().logits(), teacher.clone().logits())));
    });
    group.finish();
}

criterion_group!(benches, linear);
criterion_main!(benches);
