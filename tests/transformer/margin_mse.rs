//! Margins between passages.

use burn::tensor::Tensor;
use kd::{
    DistillLoss,
    transformer::{MarginMseLoss, MarginMseLossConfig, PassageScores},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, waves, within};

/// Rows whose first number is the positive's score.
#[derive(Clone)]
struct FirstIsPositive(MarginMseLoss);

impl DistillLoss<Tensor<2>> for FirstIsPositive {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let scores = |rows: Tensor<2>| {
            let others = rows.dims()[1] - 1;
            PassageScores::new(rows.clone().narrow(1, 0, 1).squeeze_dim(1), rows.narrow(1, 1, others))
        };
        self.0.per_sample(scores(student), scores(teacher))
    }
}

#[test]
fn golden() {
    golden::check("margin_mse.json", &device(), &MarginMseLossConfig::new(), |config| {
        Subject::new::<Tensor<2>, Tensor<2>>(FirstIsPositive(config.init()))
    });
}

/// Rows of negatives, the first of which is the positive, too.
#[derive(Clone)]
struct AllAreNegatives(MarginMseLoss);

impl DistillLoss<Tensor<2>> for AllAreNegatives {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let scores = |rows: Tensor<2>| PassageScores::new(rows.clone().narrow(1, 0, 1).squeeze_dim(1), rows);
        self.0.per_sample(scores(student), scores(teacher))
    }
}

laws!(margins: [any, divergence],
    Subject::new::<Tensor<2>, Tensor<2>>(AllAreNegatives(MarginMseLossConfig::new().init())));

fn scores(positives: usize, negatives: [usize; 2]) -> PassageScores {
    let device = device();
    PassageScores::new(waves([positives], 0.3, &device), waves(negatives, 0.7, &device))
}

fn run(student: PassageScores, teacher: PassageScores) {
    MarginMseLossConfig::new().init().forward(student, teacher);
}

/// A score for each query that is added to all its passages changes nothing.
#[test]
fn scales_may_be_shifted() {
    let loss = MarginMseLossConfig::new().init();
    let student = scores(3, [3, 2]);
    let teacher = PassageScores::new(scores(3, [3, 2]).positive * 2.0, scores(3, [3, 2]).negatives.exp());
    let shifted = PassageScores::new(student.positive.clone() + 5.0, student.negatives.clone() + 5.0);
    let [found, expected] = [shifted, student].map(|student| read(loss.per_sample(student, teacher.clone())));
    assert_close("values", &found, &expected, within(1e-5));
}

#[test]
#[should_panic(expected = "MarginMseLoss: the student has shape [3, 2] and the teacher [3, 4]")]
fn other_negatives() {
    run(scores(3, [3, 2]), scores(3, [3, 4]));
}

#[test]
#[should_panic(expected = "MarginMseLoss: the student has shape [3, 2] and the teacher [1, 2]; they differ at axis 0")]
fn other_queries() {
    run(scores(3, [3, 2]), scores(1, [1, 2]));
}

#[test]
#[should_panic(
    expected = "MarginMseLoss: the teacher has scores of 1 positives, and negatives of shape [3, 2]; give one positive for each row"
)]
fn a_positive_for_all() {
    run(scores(3, [3, 2]), scores(1, [3, 2]));
}

#[test]
#[should_panic(expected = "MarginMseLoss: the student has no negatives; give at least one to each positive")]
fn no_negatives() {
    run(scores(3, [3, 0]), scores(3, [3, 0]));
}

#[test]
fn shows_what_it_is() {
    assert_eq!(format!("{}", MarginMseLossConfig::new().init()), "MarginMseLoss");
}
