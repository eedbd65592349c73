//! A step in pieces of unequal sizes, with unequal masks, has the gradient of the whole.

use burn::tensor::{DType, Tensor};
use kd::{
    DistillLoss,
    feature::HintLossConfig,
    rows::{MaskedSum, count, masked_sum},
    soft_label::SoftLabelLossConfig,
};
use kd_testkit::{assert_close, device, resolution, within};

use crate::{NOTHING, PIECES, ROWS, full, gradient, mask, numbers, sum};

type PerSample = fn(Tensor<2>, Tensor<2>) -> Tensor<1>;

/// What a student of one layer shows, beside its teacher.
struct Step {
    loss: PerSample,
    input: Tensor<2>,
    weight: Tensor<2>,
    teacher: Tensor<2>,
}

impl Step {
    fn new(loss: PerSample, dtype: DType) -> Self {
        Self {
            loss,
            input: numbers([ROWS, 5], 0.3, dtype),
            weight: numbers([5, 6], 2.9, dtype).require_grad(),
            teacher: numbers([ROWS, 6], 1.7, dtype),
        }
    }

    /// Of some of the rows.
    fn masked_sum(&self, (from, rows): (usize, usize)) -> MaskedSum {
        let cut = |x: &Tensor<2>| x.clone().narrow(0, from, rows);
        let values = (self.loss)(cut(&self.input).matmul(self.weight.clone()), cut(&self.teacher));
        masked_sum(values, mask(&device()).narrow(0, from, rows))
    }

    fn gradient(&self, loss: &Tensor<1>) -> Vec<f64> {
        gradient(&self.weight, loss)
    }
}

fn soft(student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
    SoftLabelLossConfig::new().init().per_sample(student, teacher)
}

fn hint(student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
    HintLossConfig::new().init().per_sample(student, teacher)
}

/// Every loss here in every type.
fn steps() -> Vec<(String, DType, Step)> {
    let losses: [(&str, PerSample); 2] = [("soft labels", soft), ("hint", hint)];
    let of = |(name, loss)| {
        let step = move |dtype| (format!("{name}, {dtype:?}"), dtype, Step::new(loss, dtype));
        full().into_iter().map(step)
    };
    losses.into_iter().flat_map(of).collect()
}

#[test]
fn shares_add_up_to_the_whole() {
    let whole = count(&mask(&device()));
    for (what, dtype, step) in steps() {
        let expected = step.gradient(&step.masked_sum((0, ROWS)).mean());
        let shares = PIECES.map(|piece| step.gradient(&step.masked_sum(piece).share(whole)));
        assert_close(&what, &sum(&shares), &expected, within(resolution(dtype)));
    }
}

#[test]
fn a_piece_of_which_nothing_counts_changes_nothing() {
    let whole = count(&mask(&device()));
    for (what, _, step) in steps() {
        let share = step.masked_sum(NOTHING).share(whole);
        assert_eq!(share.clone().into_scalar::<f64>(), 0.0, "{what}");
        assert!(step.gradient(&share).iter().all(|slope| *slope == 0.0), "{what}");
        // Nor does a step of which nothing counts.
        assert_eq!(step.masked_sum(NOTHING).share(0).into_scalar::<f64>(), 0.0, "{what}");
    }
}

/// The accumulation that trainers get wrong: each piece's mean, and then the mean of these.
#[test]
fn a_mean_of_means_is_something_else() {
    for (what, _, step) in steps() {
        let expected = step.gradient(&step.masked_sum((0, ROWS)).mean());
        let means = PIECES.map(|piece| step.gradient(&step.masked_sum(piece).mean()));
        let scale = expected.iter().fold(0.0, |scale: f64, slope| scale.max(slope.abs()));
        let off = sum(&means)
            .iter()
            .zip(&expected)
            .map(|(mean, slope)| (mean / PIECES.len() as f64 - slope).abs() / scale)
            .fold(0.0, f64::max);
        assert!(off > 0.02, "{what}: off by {off}, so the pieces are too alike to tell");
    }
}
