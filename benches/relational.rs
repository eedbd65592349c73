//! The relational losses, forward and backward, at the batch sizes and widths of a classifier's last features.

use burn::tensor::Device;
use criterion::{Criterion, criterion_group, criterion_main};
use kd::{
    DistillLoss,
    feature::{
        CkaLossConfig, CorrelationCongruenceLossConfig, InterChannelLossConfig, ProbabilisticTransferLossConfig,
        RelationalLossConfig, SimilarityLossConfig,
    },
};
use kd_benches::forward_backward;

/// `[batch, features]`, the same for student and teacher.
const SHAPE: [usize; 2] = [256, 512];
/// `[batch, channels, height, width]`
const MAPS: [usize; 4] = [256, 32, 4, 4];

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
    group.finish();
}

criterion_group!(benches, relational);
criterion_main!(benches);
