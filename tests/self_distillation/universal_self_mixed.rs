//! Soft labels of a network's own for images that are mixed of two.

use burn::tensor::{Int, Tensor, TensorData};
use kd::{
    DistillLoss, Labelled,
    self_distillation::{MixedLabels, UskdLoss, UskdLossConfig, WithMiddle},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, waves, within};

use crate::universal_self::{Leaf, Middle, Written};

/// What [`Written`] says of mixed labels, which are the teacher's first columns.
#[derive(Clone)]
struct Mixed(Written);

impl DistillLoss<Tensor<2>> for Mixed {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let loss = self.0.init(&student);
        let shares = teacher.narrow(1, 0, loss.weak.weight.dims()[1]);
        loss.per_sample(self.0.student(student), MixedLabels::new(shares))
    }
}

#[test]
fn golden() {
    golden::check("universal_self_mixed.json", &device(), &Written::new(), |config| {
        Subject::new::<Tensor<2>, Tensor<2>>(Mixed(config.clone()))
    });
}

/// A quarter of the class before in each sample whose label is odd; the others are not mixed. (The last class may be one that
/// laws rule out.)
#[derive(Clone)]
struct MixedLeaf(Leaf);

impl DistillLoss<Tensor<2>, Labelled> for MixedLeaf {
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        let (loss, student) = self.0.init(student);
        let [rows, classes] = student.logits.dims();
        let one_hot = |labels: Tensor<1, Int>| labels.one_hot::<2>(classes).float();
        let shares = match rows {
            // Burn's arithmetic panics at no rows on some backends, before the loss can say what is wrong.
            0 => student.logits.clone().without_autodiff(),
            _ => {
                let odd = teacher.labels.clone() % 2;
                let before = teacher.labels.clone() - odd.clone();
                let share = odd.float().unsqueeze_dim::<2>(1) * -0.25 + 1.0;
                one_hot(teacher.labels) * share.clone() + one_hot(before) * (share.neg() + 1.0)
            }
        };
        loss.per_sample(student, MixedLabels::new(shares))
    }
}

fn leaf(parts: [f64; 3], middle: Middle) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(MixedLeaf(Leaf { parts, middle }))
}

laws!(others: [independent, mean], leaf([0.0, 1.0, 0.0], Middle::Two));
laws!(weak: [independent, mean, smooth], leaf([0.0, 0.0, 1.0], Middle::Two));

/// All of `coupled` that is not about a teacher, of whom there are labels only, but that it cannot be negative.
#[test]
fn all_parts_together_are_coupled() {
    let subject = leaf([1.0, 0.1, 0.005], Middle::Two);
    laws::the_mean_is_of_the_values(&subject);
    laws::order_does_not_matter(&subject);
    laws::repetition_does_not_matter(&subject);
    laws::an_empty_batch_has_no_mean(&subject);
    laws::half_precision_is_widened(&subject);
    laws::backends_agree(&subject);
    laws::shifts_do_not_matter(&leaf([1.0, 0.1, 0.005], Middle::All));
    laws::extreme_logits_are_finite(&leaf([1.0, 0.1, 0.005], Middle::Nothing));
}

fn rows<const C: usize>(rows: &[[f32; C]]) -> Tensor<2> {
    Tensor::from_data(TensorData::new(rows.concat(), [rows.len(), C]), &device())
}

fn loss() -> UskdLoss {
    UskdLossConfig::new(2, 3).with_beta(1.0).with_mu(0.5).init(&device())
}

/// What the labels name alone is no mixture: every other class stays among the others.
#[test]
fn a_share_of_one_is_a_label() {
    let device = device().autodiff();
    let uskd = UskdLossConfig::new(2, 5).with_beta(1.0).with_mu(0.5).init(&device);
    let labels = Tensor::<1, Int>::from_ints([4, 0, 2, 0], &device);
    let of = |compare: &dyn Fn(WithMiddle) -> Tensor<1>| {
        let logits = (waves([4, 5], 0.7, &device) * 2.0).require_grad();
        let values = compare(WithMiddle::new(logits.clone(), waves([4, 2], 0.2, &device)));
        let gradients = values.clone().sum().backward();
        (read(values), read(logits.grad(&gradients).unwrap()))
    };
    let shares = labels.clone().one_hot::<2>(5).float();
    let mixed = of(&|student| uskd.per_sample(student, MixedLabels::new(shares.clone())));
    let alone = of(&|student| uskd.per_sample(student, labels.clone()));
    assert_close("values", &mixed.0, &alone.0, within(1e-6));
    assert_close("gradient", &mixed.1, &alone.1, within(1e-6));
}

/// A class with a small share, of which the batch is surer than the sample, is one to be less sure of.
#[test]
fn each_class_has_a_soft_target_of_its_own() {
    let device = device().autodiff();
    let probs = Tensor::<2>::from_floats([[0.8, 0.1, 0.1], [0.2, 0.6, 0.2], [0.5, 0.1, 0.4]], &device);
    let logits = probs.log().detach().require_grad();
    let student = WithMiddle::new(logits.clone(), Tensor::zeros([3, 2], &device));
    let shares = Tensor::from_floats([[0.75, 0.25, 0.0], [0.125, 0.875, 0.0], [1.0, 0.0, 0.0]], &device);
    let uskd = UskdLossConfig::new(2, 3).with_beta(0.0).with_mu(0.0).init(&device);
    let values = uskd.per_sample(student, MixedLabels::new(shares));
    // The larger shares' s are 0.8, 0.6 and 0.5, the smaller ones' 0.1 and 0.2.
    let first = (0.64 + 0.36 + 0.25) / 3.0;
    let second = (0.01 + 0.04) / 2.0;
    let p = [
        [0.64 + 0.75 - first, 0.01 + 0.25 - second],
        [0.36 + 0.875 - first, 0.04 + 0.125 - second],
        [0.25 + 1.0 - first, 0.0],
    ];
    let s: [[f64; 2]; 3] = [[0.8, 0.1], [0.6, 0.2], [0.5, 1.0]];
    let expected: Vec<f64> = p
        .iter()
        .zip(s)
        .map(|(p, s)| -p[0] * s[0].ln() - p[1] * s[1].ln())
        .collect();
    assert_close("values", &read(values.clone()), &expected, within(1e-6));
    let gradient = read(logits.grad(&values.sum().backward()).unwrap());
    // (P_y + P_v) · s − P at the two classes.
    let total = p.map(|p| p[0] + p[1]);
    let expected = [
        [total[0] * 0.8 - p[0][0], total[0] * 0.1 - p[0][1], total[0] * 0.1],
        [total[1] * 0.2 - p[1][1], total[1] * 0.6 - p[1][0], total[1] * 0.2],
        [total[2] * 0.5 - p[2][0], total[2] * 0.1, total[2] * 0.4],
    ];
    assert_close("gradient", &gradient, &expected.concat(), within(1e-6));
}

#[test]
fn a_small_share_can_have_a_negative_target() {
    let logits = rows(&[[0.0, 9.0, 0.0], [9.0, 0.0, 0.0]]);
    let shares = rows(&[[0.9, 0.1, 0.0], [0.9, 0.1, 0.0]]);
    let uskd = UskdLossConfig::new(2, 3).with_beta(0.0).with_mu(0.0).init(&device());
    let student = WithMiddle::new(logits, Tensor::zeros([2, 2], &device()));
    // Of the second class: 0 + 0.1 − ½, where the first sample alone is sure of it.
    let values = read(uskd.per_sample(student, MixedLabels::new(shares)));
    assert!(values[1] < -3.0, "{values:?}");
}

#[test]
fn an_absent_second_class_that_is_ruled_out_does_no_harm() {
    let none = f32::NEG_INFINITY;
    let device = device().autodiff();
    let logits = Tensor::<2>::from_floats([[none, 3.0, 1.0], [1.0, 2.0, 0.0]], &device).require_grad();
    let student = WithMiddle::new(logits.clone(), Tensor::zeros([2, 2], &device));
    let shares = rows(&[[0.0, 1.0, 0.0], [0.0, 0.5, 0.5]]);
    let values = loss().per_sample(student, MixedLabels::new(shares));
    let gradient = logits.grad(&values.clone().sum().backward()).unwrap();
    let numbers = [read(values), read(gradient)].concat();
    assert!(numbers.iter().all(|number| number.is_finite()), "{numbers:?}");
}

fn forward<const C: usize>(shares: &[[f32; C]], uskd: &UskdLoss) {
    let student = WithMiddle::new(Tensor::ones([2, 3], &device()), Tensor::ones([2, 2], &device()));
    let _ = uskd.forward(student, MixedLabels::new(rows(shares)));
}

#[test]
#[should_panic(
    expected = "UskdLoss: the logits have shape [2, 3] and the mixed labels [2, 2]; give a row for each sample, with a share for each class"
)]
fn other_classes() {
    forward(&[[0.5, 0.5], [1.0, 0.0]], &loss());
}

#[test]
#[should_panic(expected = "UskdLoss: the logits have shape [2, 3] and the mixed labels [1, 3]")]
fn other_samples() {
    forward(&[[0.5, 0.5, 0.0]], &loss());
}

#[test]
#[should_panic(
    expected = "UskdLoss: the mixed labels of row 1 have a share of -0.5; shares are of one whole, from 0 to 1. Are these logits?"
)]
fn a_share_below_0() {
    forward(&[[0.5, 0.5, 0.0], [1.5, -0.5, 0.0]], &loss());
}

#[test]
#[should_panic(
    expected = "UskdLoss: the mixed labels of row 0 sum to 2 and not to 1; give each class its share of the sample"
)]
fn shares_of_more_than_one_sample() {
    forward(&[[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]], &loss());
}

#[test]
#[should_panic(
    expected = "UskdLoss: the mixed labels of row 1 name 3 classes, and a sample is mixed of two at most; give labels that are not smoothed, for smoothed ones name all classes"
)]
fn smoothed_labels() {
    forward(&[[0.5, 0.5, 0.0], [0.75, 0.125, 0.125]], &loss());
}

#[test]
fn shares_are_looked_at_only_where_they_should_be() {
    let config = UskdLossConfig::new(2, 3).with_check_labels(false);
    forward(&[[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]], &config.init(&device()));
}
