//! Every divergence, forward and backward, as one kernel and composed of burn's own operations.

use burn::tensor::{Device, Tensor};
use criterion::{Criterion, criterion_group, criterion_main};
use kd::kernels::{Divergence, composed, divergence};
use kd_benches::forward_backward;

/// The vocabulary of a small language model.
const SHAPE: [usize; 2] = [512, 32_000];
const TEMPERATURE: f64 = 4.0;

const ALL: [(&str, Divergence); 8] = [
    ("forward_kl", Divergence::ForwardKl),
    ("reverse_kl", Divergence::ReverseKl),
    ("symmetric_kl", Divergence::SymmetricKl { forward: 0.5 }),
    ("jensen_shannon", Divergence::JensenShannon { beta: 0.5 }),
    ("skew_kl", Divergence::SkewKl { alpha: 0.1 }),
    ("skew_reverse_kl", Divergence::SkewReverseKl { alpha: 0.1 }),
    ("total_variation", Divergence::TotalVariation),
    ("soft_cross_entropy", Divergence::SoftCrossEntropy),
];

fn divergences(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("divergences");
    let device = Device::flex();
    for (name, which) in ALL {
        let mean = |form: fn(Tensor<2>, Tensor<2>, Divergence, f64) -> Tensor<1>| {
            move |student, teacher| form(student, teacher, which, TEMPERATURE).mean()
        };
        forward_backward(&mut group, &format!("{name}/kernel"), SHAPE, &device, mean(divergence));
        forward_backward(&mut group, &format!("{name}/composed"), SHAPE, &device, mean(composed));
    }
    group.finish();
}

criterion_group!(benches, divergences);
criterion_main!(benches);
