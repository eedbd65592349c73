//! The relational losses, forward and backward, at the batch sizes and widths of a classifier's last features.

use burn::tensor::{Device, Distribution, Int, Tensor};
use criterion::{Criterion, criterion_group, criterion_main};
use kd::{
    DistillLoss,
    feature::{
        CkaLossConfig, ContrastiveLossConfig, CorrelationCongruenceLossConfig, InterChannelLossConfig,
        MemoryBankConfig, ProbabilisticTransferLossConfig, RelationalLossConfig, SimilarityLossConfig,
    },
};
use kd_benches::forward_backward;
use mimalloc::MiMalloc;

/// Keeps the memory of one run for the next, as a program that trains should have it: glibc gives the intermediate tensors
/// back to the system, which hands out fresh pages for each.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// `[batch, features]`, the same for student and teacher.
const SHAPE: [usize; 2] = [256, 512];
/// `[batch, channels, height, width]`
const MAPS: [usize; 4] = [256, 32, 4, 4];
/// Of CIFAR-10, which the memory of CRD remembers.
const SAMPLES: usize = 50_000;

fn relational(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("relational");
    let device = Device::flex();
    macro_rules! time {
        ($name:literal, $config:expr) => {
            let loss = $config.init();
            forward_backward(&mut group, $name, SHAPE, &device, |student, teacher| {
                loss.forward(student, teacher)
            });
        };
    }
    time!("distances", RelationalLossConfig::new().with_angle(0.0));
    time!("angles", RelationalLossConfig::new().with_distance(0.0));
    time!("similarity", SimilarityLossConfig::new());
    time!("probabilistic_transfer", ProbabilisticTransferLossConfig::new());
    time!("correlation_congruence", CorrelationCongruenceLossConfig::new());
    time!("cka", CkaLossConfig::new());
    // Of the same numbers as maps.
    let channels = InterChannelLossConfig::new().init();
    forward_backward(&mut group, "inter_channel", SHAPE, &device, |student, teacher| {
        channels.forward(student.reshape(MAPS), teacher.reshape(MAPS))
    });
    // 16,384 negatives for each sample, drawn beforehand.
    let [rows, width] = SHAPE;
    let contrastive = ContrastiveLossConfig::new(width, width).init(&device.clone().autodiff());
    let bank = MemoryBankConfig::new(SAMPLES).init(&device);
    let indices: Vec<usize> = (0..rows).collect();
    let some = Distribution::Uniform(0.0, SAMPLES as f64);
    let negatives: Tensor<2, Int> = Tensor::<2>::random([rows, 16_384], some, &device).int();
    forward_backward(&mut group, "contrastive", SHAPE, &device, |student, teacher| {
        contrastive.forward(student, bank.contrast_with(teacher, &indices, negatives.clone()))
    });
    group.finish();
}

criterion_group!(benches, relational);
criterion_main!(benches);
