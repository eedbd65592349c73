//! The mean of losses against several teachers.

use burn::tensor::Tensor;
use kd::{
    DistillLoss,
    ensemble::{MinNormWeights, PerTeacher, WeighedTeachers, WeightedByConfidence, WeightedByEntropy, Weights},
    prelude::*,
    rows::log_mean_probs,
    soft_label::{LogitMseLossConfig, SoftLabelLoss},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, within};

use crate::said::{Settings, logits, one_by_one};

/// The members of a golden case, with the weights it asks for.
#[derive(Clone)]
struct OfCase(Settings);

impl DistillLoss<Tensor<2>, Tensor<3>> for OfCase {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<3>) -> Tensor<1> {
        let settings = &self.0;
        let members = one_by_one(teacher);
        let loss = SoftLabelLossConfig::new().with_temperature(settings.temperature).init();
        let by_sample = match settings.rule.as_str() {
            "weighted_by_entropy" => Some(WeightedByEntropy::weights(&members)),
            "weighted_by_confidence" => Some(WeightedByConfidence::new().weights(&members, settings.labels())),
            _ => None,
        };
        match by_sample {
            Some(weights) => PerTeacher::new(loss).per_sample(student, WeighedTeachers::new(members, weights)),
            None if settings.rule == "min_norm" => {
                let found = MinNormWeights::of_soft_labels(student.clone(), &members, settings.temperature, 0.6);
                PerTeacher::weighted(loss, found.unwrap().weights).per_sample(student, members)
            }
            None if settings.weights.is_empty() => PerTeacher::new(loss).per_sample(student, members),
            None => {
                let weights = Weights::new(settings.weights.iter().copied());
                PerTeacher::weighted(loss, weights).per_sample(student, members)
            }
        }
    }
}

#[test]
fn golden() {
    golden::check_features("per_teacher.json", &device(), &Settings::new(), |settings, shapes| {
        Subject::shaped::<2, 3>(OfCase(settings.clone()), shapes)
    });
}

fn soft() -> SoftLabelLoss {
    SoftLabelLossConfig::new().with_temperature(2.0).init()
}

/// Two teachers made of one, so that the laws can make both.
#[derive(Clone)]
struct OfTwo<P> {
    loss: P,
    factors: [f64; 2],
}

impl<P: DistillLoss<Tensor<2>, Vec<Tensor<2>>>> DistillLoss<Tensor<2>> for OfTwo<P> {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let teachers = self.factors.map(|factor| teacher.clone() * factor);
        self.loss.per_sample(student, teachers.to_vec())
    }
}

/// The same, with weights that differ by sample: the student's place in the batch does not matter, its teacher's logits do.
#[derive(Clone)]
struct BySample(PerTeacher<SoftLabelLoss>);

impl DistillLoss<Tensor<2>> for BySample {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let teachers = vec![teacher.clone(), teacher * 0.5];
        let weights = WeightedByEntropy::weights(&teachers);
        self.0.per_sample(student, WeighedTeachers::new(teachers, weights))
    }
}

fn of_two(loss: impl DistillLoss<Tensor<2>, Vec<Tensor<2>>> + Clone + 'static, factors: [f64; 2]) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(OfTwo { loss, factors })
}

laws!(different: [any, softmax], of_two(PerTeacher::new(soft()), [1.0, 0.5]));
laws!(equal: [any, divergence, softmax], of_two(PerTeacher::new(soft()), [1.0, 1.0]));
laws!(weighted: [any, softmax], of_two(PerTeacher::weighted(soft(), Weights::new([1.0, 3.0])), [1.0, 0.5]));
laws!(of_logits: [any], of_two(PerTeacher::new(LogitMseLossConfig::new().init()), [1.0, 0.5]));
laws!(by_sample: [any], Subject::new::<Tensor<2>, Tensor<2>>(BySample(PerTeacher::new(soft()))));

fn run(loss: &impl DistillLoss<Tensor<2>, Vec<Tensor<2>>>, teachers: Vec<Tensor<2>>) -> (Vec<f64>, Vec<f64>) {
    let student = logits([[0.5, 1.0, -1.0], [0.0, 0.0, 2.0]]).autodiff().require_grad();
    let values = loss.per_sample(student.clone(), teachers);
    let gradients = values.clone().mean().backward();
    (
        read(values),
        read(student.grad(&gradients).expect("no term is detached")),
    )
}

fn teachers() -> Vec<Tensor<2>> {
    vec![
        logits([[3.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
        logits([[0.0, 2.0, 0.0], [1.0, 0.0, 1.0]]),
        logits([[0.0, 0.0, 0.5], [0.0, 4.0, 0.0]]),
    ]
}

/// A defect of published code: divided by the number of teachers once more, or a gradient that is lost.
#[test]
fn equal_teachers_are_one_and_divide_by_nothing() {
    let one = teachers()[..1].to_vec();
    let alone = PerTeacher::new(soft());
    let (value, gradient) = run(&alone, one.clone());
    let (values, gradients) = run(&alone, vec![one[0].clone(); 4]);
    assert_close("values", &values, &value, within(1e-6));
    assert_close("gradient", &gradients, &gradient, within(1e-6));
    assert!(gradient.iter().any(|g| g.abs() > 1e-2));
}

#[test]
fn the_order_of_teachers_does_not_matter() {
    let (values, gradient) = run(&PerTeacher::new(soft()), teachers());
    let turned = [2, 0, 1].map(|index| teachers()[index].clone());
    let (found, found_gradient) = run(&PerTeacher::new(soft()), turned.to_vec());
    assert_close("values", &found, &values, within(1e-6));
    assert_close("gradient", &found_gradient, &gradient, within(1e-6));
}

/// At a temperature of 1, KL to each of them and KL to their mean differ by what no student can change.
#[test]
fn at_1_the_gradient_is_that_of_the_mean_of_probs() {
    let kl = SoftLabelLossConfig::new().with_temperature(1.0).init();
    let (values, gradient) = run(&PerTeacher::new(kl.clone()), teachers());
    struct OfMean(SoftLabelLoss);
    impl DistillLoss<Tensor<2>, Vec<Tensor<2>>> for OfMean {
        fn per_sample(&self, student: Tensor<2>, teacher: Vec<Tensor<2>>) -> Tensor<1> {
            self.0.per_sample(student, log_mean_probs(teacher))
        }
    }
    let (of_mean, gradient_of_mean) = run(&OfMean(kl), teachers());
    assert_close("gradient", &gradient, &gradient_of_mean, within(1e-5));
    assert!(values.iter().zip(of_mean).all(|(each, of_mean)| *each > of_mean + 1e-2));
}

/// What has no weight has no influence, though it is not a number: a whole teacher, or one row of it.
#[test]
fn a_weight_of_0_leaves_out() {
    let mut bad = teachers();
    bad[1] = logits([[f32::NAN; 3], [1.0, 0.0, 1.0]]);
    let weighted = PerTeacher::weighted(soft(), Weights::new([1.0, 0.0, 1.0]));
    assert_eq!(run(&weighted, bad.clone()), run(&weighted, teachers()));

    let weights = logits([[0.5, 0.0, 0.5], [0.2, 0.3, 0.5]]);
    let of = |teachers: Vec<Tensor<2>>| {
        let student = logits([[0.5, 1.0, -1.0], [0.0, 0.0, 2.0]]);
        let teachers = WeighedTeachers::new(teachers, weights.clone());
        read(PerTeacher::new(soft()).per_sample(student, teachers))
    };
    assert_eq!(of(bad), of(teachers()));
}

/// Rows of equal weights are the mean, and half of them is half of it.
#[test]
fn weights_by_sample_are_taken_as_they_are() {
    let student = || logits([[0.5, 1.0, -1.0], [0.0, 0.0, 2.0]]);
    let weights = logits([[1.0 / 3.0; 3], [1.0 / 6.0; 3]]);
    let loss = PerTeacher::new(soft());
    let by_sample = read(loss.per_sample(student(), WeighedTeachers::new(teachers(), weights)));
    let mean = read(loss.per_sample(student(), teachers()));
    assert_close("values", &by_sample, &[mean[0], mean[1] / 2.0], within(1e-6));
}

#[test]
fn a_projector_in_the_loss_learns() {
    use burn::nn::LinearConfig;
    let device = device().autodiff();
    let loss = PerTeacher::new(Projected::new(
        LinearConfig::new(4, 3).init(&device),
        LogitMseLossConfig::new().init(),
    ));
    let student = Tensor::<2>::ones([2, 4], &device);
    let gradients = loss.forward(student, teachers()).backward();
    assert!(loss.loss.projector.weight.grad(&gradients).is_some());
}

#[test]
#[should_panic(expected = "PerTeacher: there are no teachers; give at least one")]
fn no_teacher_panics() {
    run(&PerTeacher::new(soft()), vec![]);
}

#[test]
#[should_panic(expected = "PerTeacher: the number of weights is 2, but must be one for each member")]
fn a_missing_weight_panics() {
    run(&PerTeacher::weighted(soft(), Weights::equal(2)), teachers());
}

#[test]
#[should_panic(expected = "PerTeacher: the number of columns of weights is 2, but must be one for each member")]
fn a_missing_column_panics() {
    let weighed = WeighedTeachers::new(teachers(), logits([[0.5, 0.5], [0.5, 0.5]]));
    PerTeacher::new(soft()).per_sample(teachers()[0].clone(), weighed);
}

#[test]
#[should_panic(expected = "PerTeacher: there are weights for 1 rows and losses for 2")]
fn a_missing_row_of_weights_panics() {
    let weighed = WeighedTeachers::new(teachers(), logits([[0.5, 0.2, 0.3]]));
    PerTeacher::new(soft()).per_sample(teachers()[0].clone(), weighed);
}

#[test]
#[should_panic(expected = "PerTeacher: there are weights for each teacher and weights for each sample")]
fn two_kinds_of_weights_panic() {
    let weighed = WeighedTeachers::new(teachers(), logits([[0.5, 0.2, 0.3], [0.5, 0.2, 0.3]]));
    PerTeacher::weighted(soft(), Weights::equal(3)).per_sample(teachers()[0].clone(), weighed);
}

/// Three gradients, two of which are opposite: nothing is left of them, and no weight is needed of the third.
#[test]
fn members_that_contradict_one_another_cancel() {
    let gradients = [logits([[1.0, 0.0]]), logits([[0.0, 1.0]]), logits([[-3.0, 0.0]])];
    let found = MinNormWeights::of(&gradients, 1.0).unwrap();
    assert_close("weights", found.weights.shares(), &[0.75, 0.0, 0.25], within(1e-6));
    assert!(found.length < 1e-6, "{}", found.length);
}

#[test]
fn bounds_that_leave_no_weights_and_gradients_that_are_none_are_errors() {
    let gradients = [logits([[1.0, 0.0]]), logits([[f32::NAN, 1.0]])];
    let message = |most: f64| MinNormWeights::of(&gradients, most).unwrap_err().to_string();
    for most in [0.4, 1.1, f64::NAN] {
        assert_eq!(
            message(most),
            format!(
                "MinNormWeights: most is {most}, but must be from 1 / members, where all count the same, to 1, where one \
                 may count alone"
            )
        );
    }
    assert_eq!(
        message(0.5),
        "MinNormWeights: member 1 has a gradient that is NaN or infinite; look at what it says"
    );
}
