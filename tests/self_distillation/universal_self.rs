//! Soft labels of a network's own, and the weak head that ranks with it.

use burn::{
    config::Config,
    module::Param,
    nn::Linear,
    tensor::{Int, Tensor, TensorData},
};
use kd::{
    DistillLoss, Labelled, rows,
    self_distillation::{UskdLoss, UskdLossConfig, WithMiddle},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, within};

/// What a golden file says: weights of the parts, and of the weak head.
#[derive(Config, Debug)]
pub struct Written {
    #[config(default = 0)]
    channels: usize,
    #[config(default = 0)]
    classes: usize,
    #[config(default = 1.0)]
    alpha: f64,
    #[config(default = 0.1)]
    beta: f64,
    #[config(default = 0.005)]
    mu: f64,
    #[config(default = "Vec::new()")]
    weight: Vec<f64>,
    #[config(default = "Vec::new()")]
    bias: Vec<f64>,
}

impl Written {
    /// The loss where the student is, and in the type that it is computed in.
    pub fn init(&self, student: &Tensor<2>) -> UskdLoss {
        let at = (&student.device(), rows::widen(student.clone()).dtype());
        let weight = TensorData::new(self.weight.clone(), [self.channels, self.classes]);
        let bias = TensorData::new(self.bias.clone(), [self.classes]);
        let config = UskdLossConfig::new(self.channels, self.classes)
            .with_alpha(self.alpha)
            .with_beta(self.beta)
            .with_mu(self.mu);
        let mut uskd = config.init(at.0);
        uskd.weak = Linear {
            weight: Param::from_tensor(Tensor::from_data(weight, at)),
            bias: Some(Param::from_tensor(Tensor::from_data(bias, at))),
        };
        uskd
    }

    /// Logits and, in the columns after them, the middle.
    pub fn student(&self, columns: Tensor<2>) -> WithMiddle {
        let logits = columns.clone().narrow(1, 0, self.classes);
        let middle = columns.narrow(1, self.classes, self.channels);
        WithMiddle::new(logits, middle)
    }
}

impl DistillLoss<Tensor<2>, Labelled> for Written {
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        let loss = self.init(&student);
        loss.per_sample(self.student(student), teacher.labels)
    }
}

#[test]
fn golden() {
    golden::check("universal_self.json", &device(), &Written::new(), |config| {
        Subject::new::<Tensor<2>, Labelled>(config.clone())
    });
}

/// What a weak head sees of logits that are all there is.
#[derive(Clone, Copy)]
pub enum Middle {
    /// The first two, through a head that treats every class unlike the others.
    Two,
    /// All of them, each for its own class, so that it suggests the same order.
    All,
    /// Nothing: all classes are alike to it.
    Nothing,
}

/// The loss of logits alone, with these weights of its parts.
#[derive(Clone)]
pub struct Leaf {
    pub parts: [f64; 3],
    pub middle: Middle,
}

impl Leaf {
    /// The loss, and the student with its middle.
    pub fn init(&self, student: Tensor<2>) -> (UskdLoss, WithMiddle) {
        let [rows, classes] = student.dims();
        let middle = match self.middle {
            Middle::Two => student.clone().narrow(1, 0, 2),
            Middle::All => student.clone(),
            Middle::Nothing => Tensor::zeros([rows, 1], (&student.device(), student.dtype())),
        };
        let channels = middle.dims()[1];
        let weight = |channel: usize, class: usize| match self.middle {
            Middle::Two => ((channel * classes + class) as f64 * 1.7).cos() * 0.5,
            _ => f64::from(u8::from(channel == class)) * 0.5,
        };
        let [alpha, beta, mu] = self.parts;
        let written = Written {
            channels,
            classes,
            alpha,
            beta,
            mu,
            weight: (0..channels * classes)
                .map(|index| weight(index / classes, index % classes))
                .collect(),
            bias: vec![0.0; classes],
        };
        (written.init(&student), WithMiddle::new(student, middle))
    }
}

impl DistillLoss<Tensor<2>, Labelled> for Leaf {
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        let (loss, student) = self.init(student);
        loss.per_sample(student, teacher.labels)
    }
}

fn leaf(parts: [f64; 3], middle: Middle) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(Leaf { parts, middle })
}

/// Without `target` each sample stands alone.
mod uncoupled {
    use super::*;

    laws!(others: [independent, mean], leaf([0.0, 1.0, 0.0], Middle::Two));
    laws!(all: [independent, mean], leaf([0.0, 0.1, 0.5], Middle::Two));
    laws!(weak: [independent, mean, smooth], leaf([0.0, 0.0, 1.0], Middle::Two));
}

/// All of `coupled` that is not about a teacher, of whom there are labels only.
#[test]
fn all_parts_together_are_coupled() {
    let subject = leaf([1.0, 0.1, 0.005], Middle::Two);
    laws::the_mean_is_of_the_values(&subject);
    laws::order_does_not_matter(&subject);
    laws::repetition_does_not_matter(&subject);
    laws::an_empty_batch_has_no_mean(&subject);
    laws::half_precision_is_widened(&subject);
    laws::never_negative(&subject);
    laws::backends_agree(&subject);
}

/// Channels are no classes, so these hold where each class has a channel, or there is nothing in the middle.
#[test]
fn of_softmax_rows() {
    let subject = leaf([1.0, 0.1, 0.005], Middle::All);
    laws::shifts_do_not_matter(&subject);
    laws::the_order_of_classes_does_not_matter(&subject);
    laws::extreme_logits_are_finite(&leaf([1.0, 0.1, 0.005], Middle::Nothing));
}

#[test]
fn the_weak_head_learns() {
    let device = device().autodiff();
    let uskd = UskdLossConfig::new(3, 4).init(&device);
    let middle = Tensor::<2>::from_floats([[1.0, -2.0, 0.5], [0.25, 1.5, -1.0]], &device);
    let logits = Tensor::<2>::from_floats([[1.0, 2.0, 0.0, 4.0], [3.0, 0.5, 1.0, 0.0]], &device);
    let labels = Tensor::<1, Int>::from_ints([3, 1], &device);
    laws::every_parameter_learns(uskd, |uskd: &UskdLoss| {
        uskd.forward(WithMiddle::new(logits, middle), labels)
    });
}

/// Where a sample is surer than the batch its soft target is above 1, where it is less sure below.
#[test]
fn the_soft_target_of_a_label_is_relative_to_the_batch() {
    let device = device().autodiff();
    let probs = Tensor::<2>::from_floats([[0.8, 0.2], [0.4, 0.6]], &device);
    let logits = probs.log().detach().require_grad();
    let config = UskdLossConfig::new(1, 2).with_beta(0.0).with_mu(0.0);
    let student = WithMiddle::new(logits.clone(), Tensor::zeros([2, 1], &device));
    let labels = Tensor::<1, Int>::from_ints([0, 0], &device);
    let values = config.init(&device).per_sample(student, labels);
    // P = 0.64 + 1 − 0.4 and 0.16 + 1 − 0.4, held while the loss is differentiated.
    let expected = [-1.24 * 0.8f64.ln(), -0.76 * 0.4f64.ln()];
    assert_close("values", &read(values.clone()), &expected, within(1e-6));
    let gradient = read(logits.grad(&values.sum().backward()).unwrap());
    let expected = [1.24 * -0.2, 1.24 * 0.2, 0.76 * -0.6, 0.76 * 0.6];
    assert_close("gradient", &gradient, &expected, within(1e-6));
}

/// A row in which the network rules out every class but the label has nothing to rank, and the others are not disturbed.
#[test]
fn a_label_without_other_classes_is_finite() {
    let none = f32::NEG_INFINITY;
    let device = device().autodiff();
    let logits = Tensor::<2>::from_floats([[none, 3.0, none], [1.0, 2.0, 0.0]], &device).require_grad();
    let student = WithMiddle::new(logits.clone(), Tensor::zeros([2, 1], &device));
    let labels = Tensor::<1, Int>::from_ints([1, 1], &device);
    let values = UskdLossConfig::new(1, 3).init(&device).per_sample(student, labels);
    let gradient = logits.grad(&values.clone().sum().backward()).unwrap();
    let numbers = [read(values), read(gradient)].concat();
    assert!(numbers.iter().all(|number| number.is_finite()), "{numbers:?}");
}

/// Even if the weak head does nothing but rank.
#[test]
fn a_middle_that_is_not_a_number_shows() {
    let device = device();
    let student = WithMiddle::new(Tensor::ones([1, 3], &device), Tensor::full([1, 2], f64::NAN, &device));
    let uskd = UskdLossConfig::new(2, 3).with_mu(0.0).init(&device);
    let value = uskd.forward(student, zeros(1));
    assert!(read(value)[0].is_nan());
}

fn forward(logits: [usize; 2], middle: [usize; 2], labels: Tensor<1, Int>) {
    let student = WithMiddle::new(Tensor::ones(logits, &device()), Tensor::ones(middle, &device()));
    let _ = UskdLossConfig::new(4, 3).init(&device()).forward(student, labels);
}

fn zeros(count: usize) -> Tensor<1, Int> {
    Tensor::zeros([count], &device())
}

#[test]
#[should_panic(
    expected = "UskdLoss: the logits have shape [2, 3] and the middle [1, 4]; they differ at axis 0 (2 against 1) and nothing is broadcast: give both from the same pass"
)]
fn logits_and_middle_of_other_samples() {
    forward([2, 3], [1, 4], zeros(2));
}

#[test]
#[should_panic(
    expected = "UskdLoss: the logits have shape [2, 5], which is 5 classes, and the weak head was made for 3"
)]
fn other_classes() {
    forward([2, 5], [2, 4], zeros(2));
}

#[test]
#[should_panic(
    expected = "UskdLoss: the middle has shape [2, 7], which is 7 channels, and the weak head was made for 4"
)]
fn other_channels() {
    forward([2, 3], [2, 7], zeros(2));
}

#[test]
#[should_panic(expected = "UskdLoss: there are 3 labels for 2 rows")]
fn too_many_labels() {
    forward([2, 3], [2, 4], zeros(3));
}

#[test]
#[should_panic(expected = "UskdLoss: label 3 is not a class; with 3 classes labels run from 0 to 2")]
fn a_label_too_high() {
    forward([2, 3], [2, 4], zeros(2) + 3);
}
