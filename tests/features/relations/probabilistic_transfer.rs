//! How likely samples are neighbours.

use burn::tensor::Tensor;
use kd::feature::ProbabilisticTransferLossConfig;
use kd_testkit::{device, golden, laws};

use super::*;

#[test]
fn golden() {
    golden::check_features(
        "probabilistic_transfer.json",
        &device(),
        &ProbabilisticTransferLossConfig::new(),
        |config, shapes| shaped(config.init(), shapes),
    );
}

laws!(of_vectors: [coupled, divergence], Subject::new::<Tensor<2>, Tensor<2>>(ProbabilisticTransferLossConfig::new().init()));
laws!(of_maps: [coupled, divergence], Subject::new::<Tensor<4>, Tensor<4>>(ProbabilisticTransferLossConfig::new().init()));

#[test]
fn bad_input() {
    let loss = ProbabilisticTransferLossConfig::new().init();
    one_sample_says_nothing(&loss);
    zeros_stay_finite(&loss);
    zeros_have_no_gradient(&loss);
    // The teacher's p is (2/3, 1/3), and with cosines that are all 0 the student's q is (1/2, 1/2), in both rows.
    let orthogonal = Tensor::from_floats([[2.0, 0.0], [0.0, 1.0]], &autodiff());
    let expected = (2.0 * (4.0f64 / 3.0).ln() + (2.0f64 / 3.0).ln()) / 3.0 / 2.0;
    nothing_is(&loss, Tensor::zeros([2, 6], &autodiff()), orthogonal, expected);
    features_of_any_rank_are_flattened(&loss);
}

#[test]
fn finite_differences() {
    laws::finite_differences(&Subject::new::<Tensor<2>, Tensor<2>>(
        ProbabilisticTransferLossConfig::new().init(),
    ));
}

// Where two samples are opposite, f32 leaves no digits of 1 + cosine, whose logarithm is steep there. The backends agree
// on features without signs, which is what most networks have.
laws!(of_positive_features: [smooth],
    Subject::new::<Tensor<2>, Tensor<2>>(Positive(ProbabilisticTransferLossConfig::new().init())));

/// A loss that sees the laws' numbers, which are from -8 to 8, moved above 0.
#[derive(Clone)]
struct Positive<L>(L);

impl<L: DistillLoss<Tensor<2>>> DistillLoss<Tensor<2>> for Positive<L> {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        self.0.per_sample(student + 9.0, teacher + 9.0)
    }
}
