//! Any loss at every exit.

use burn::{
    module::Module,
    nn::{Linear, LinearConfig},
    tensor::{Device, Int, Tensor},
};
use kd::{
    DistillLoss, Feature, Labelled, LinearLogits, Projected,
    feature::{HintLoss, HintLossConfig, SimilarityLossConfig},
    self_distillation::{DeepSupervision, HardLabelLoss, HardLabelLossConfig},
    soft_label::{KnowledgeDistillationLossConfig, LogitMseLossConfig, SoftLabelLoss, SoftLabelLossConfig},
};
use kd_testkit::{Subject, assert_close, device, laws, read, waved, waves, within};

fn soft() -> DeepSupervision<SoftLabelLoss> {
    DeepSupervision::shared(SoftLabelLossConfig::new().init())
}

fn hard() -> DeepSupervision<HardLabelLoss> {
    DeepSupervision::shared(HardLabelLossConfig::new().init())
}

/// Two exits before one teacher from outside.
fn of_another_teacher() -> Subject {
    Subject::new::<Vec<Tensor<2>>, Tensor<2>>(soft().with_weights(vec![0.25, 1.0]))
}

/// Two exits before labels and a teacher from outside.
fn of_labels() -> Subject {
    let kd = KnowledgeDistillationLossConfig::new().with_alpha(0.5).init();
    Subject::new::<Vec<Tensor<2>>, Labelled>(DeepSupervision::shared(kd))
}

/// The deepest exit as the teacher of the laws, a shallower one as their student.
#[derive(Clone)]
struct FromDeepest(DeepSupervision<SoftLabelLoss>);

impl DistillLoss<Tensor<2>> for FromDeepest {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        self.0.from_deepest_per_sample(vec![student, teacher])
    }

    #[track_caller]
    fn forward(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        self.0.from_deepest(vec![student, teacher])
    }
}

laws!(another_teacher: [any, divergence, softmax], of_another_teacher());
laws!(labels: [any, softmax], of_labels());
laws!(the_deepest_exit: [any, divergence, softmax], Subject::new::<Tensor<2>, Tensor<2>>(FromDeepest(soft())));

/// What the exit of this number shows.
fn shown(number: usize, shape: [usize; 2], device: &Device) -> Tensor<2> {
    waves(shape, number as f64, device) * 2.0
}

fn classes(device: &Device) -> Tensor<1, Int> {
    Tensor::from_ints([0, 2, 1, 2], device)
}

/// A student's number less its teacher's, times a number; it forgets to cut the teacher.
#[derive(Module, Debug)]
struct Times {
    number: f64,
}

fn times(number: f64) -> Times {
    Times { number }
}

impl DistillLoss<Tensor<2>> for Times {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        (student - teacher).sum_dim(1).squeeze_dim(1) * self.number
    }
}

fn exit(value: f32) -> Tensor<2> {
    Tensor::full([2, 1], value, &device().autodiff()).require_grad()
}

#[test]
fn weights_and_losses_go_by_exit() {
    let deep = DeepSupervision::of_each(vec![times(1.0), times(10.0)]).with_weights(vec![0.5, 2.0]);
    let by_another = deep.forward(vec![exit(3.0), exit(4.0)], exit(1.0));
    assert_eq!(by_another.into_scalar::<f32>(), 0.5 * 2.0 + 2.0 * 30.0);
    let by_deepest = deep.from_deepest(vec![exit(3.0), exit(4.0), exit(1.0)]);
    assert_eq!(by_deepest.into_scalar::<f32>(), 0.5 * 2.0 + 2.0 * 30.0);
}

#[test]
fn the_deepest_exit_is_cut_where_the_loss_forgets_to() {
    let deep = DeepSupervision::shared(times(1.0));
    let (shallow, deepest) = (exit(3.0), exit(1.0));
    let exits = vec![shallow.clone(), deepest.clone()];
    for loss in [
        deep.from_deepest(exits.clone()),
        deep.from_deepest_per_sample(exits).sum(),
    ] {
        let gradients = loss.backward();
        assert!(shallow.grad(&gradients).is_some());
        assert!(deepest.grad(&gradients).is_none());
    }
}

#[test]
fn exits_add_up() {
    let device = device().autodiff();
    let [a, b, c] = [1, 2, 3].map(|number| shown(number, [4, 3], &device).require_grad());
    let mse = LogitMseLossConfig::new().init();
    let deep = DeepSupervision::shared(mse.clone()).with_weights(vec![0.5, 2.0]);
    let loss = deep.from_deepest(vec![a.clone(), b.clone(), c.clone()]);
    let one = |exit: &Tensor<2>| read(mse.forward(exit.clone(), c.clone()))[0];
    assert_close(
        "sum",
        &read(loss.clone()),
        &[0.5 * one(&a) + 2.0 * one(&b)],
        within(1e-6),
    );
    let gradients = loss.backward();
    assert!(a.grad(&gradients).is_some() && b.grad(&gradients).is_some());
    assert!(c.grad(&gradients).is_none(), "the deepest exit is a constant");
}

/// An exit's projector, and the loss behind it.
type Hint = Projected<Linear, HintLoss>;

#[test]
fn every_exits_projector_learns() {
    let device = device().autodiff();
    let features = |width: usize| Feature::from(shown(width, [4, width], &device));
    let hint = |from: usize| -> Hint {
        let projector = waved(LinearConfig::new(from, 7).init(&device));
        Projected::new(projector, HintLossConfig::new().init())
    };
    let hints = DeepSupervision::of_each(vec![hint(3), hint(5)]);
    laws::every_parameter_learns(hints, |hints| {
        hints.from_deepest(vec![features(3), features(5), features(7)])
    });
}

/// Losses between samples take exits of any width, as features.
#[test]
fn relations_need_no_projector() {
    let device = device().autodiff();
    let [shallow, deep] = [3, 7].map(|width| shown(width, [4, width], &device).require_grad());
    let relations = DeepSupervision::shared(SimilarityLossConfig::new().init());
    let exits = vec![Feature::from(shallow.clone()), Feature::from(deep.clone())];
    let gradients = relations.from_deepest(exits).backward();
    assert!(shallow.grad(&gradients).is_some());
    assert!(deep.grad(&gradients).is_none());
}

/// A language model's exits, whose logits are made some rows at a time.
#[test]
fn exits_without_logits_agree_with_logits() {
    let device = device();
    let [weight_a, weight_b, teacher] = [1, 2, 3].map(|number| shown(number, [5, 11], &device));
    let hidden = shown(4, [6, 5], &device);
    let linear = |weight: &Tensor<2>| LinearLogits::new(hidden.clone(), weight.clone()).with_rows_at_once(2);
    let whole = |weight: &Tensor<2>| linear(weight).logits();
    let by_rows = soft().forward(vec![linear(&weight_a), linear(&weight_b)], linear(&teacher));
    let at_once = soft().forward(vec![whole(&weight_a), whole(&weight_b)], whole(&teacher));
    assert_close("loss", &read(by_rows), &read(at_once), within(1e-5));
}

fn exits<const N: usize>(shapes: [[usize; 2]; N]) -> Vec<Tensor<2>> {
    let device = device();
    shapes.map(|shape| Tensor::ones(shape, &device)).into()
}

#[test]
#[should_panic(expected = "DeepSupervision: there are no exits; give what each exit of the network shows")]
fn no_exits() {
    let _ = hard().forward(exits([]), classes(&device()));
}

#[test]
#[should_panic(expected = "DeepSupervision: there are no exits")]
fn no_exits_cannot_teach() {
    let _ = soft().from_deepest(exits([]));
}

#[test]
#[should_panic(expected = "DeepSupervision: there is one exit, and none shallower that it could teach")]
fn one_exit_has_nothing_to_teach() {
    let _ = soft().from_deepest(exits([[4, 3]]));
}

#[test]
fn one_exit_can_learn() {
    let loss = hard().forward(exits([[4, 3]]), classes(&device()));
    assert_close("loss", &read(loss), &[3f64.ln()], within(1e-6));
}

#[test]
#[should_panic(
    expected = "DeepSupervision: exit 2 has shape [4, 5] and the deepest, exit 3, [4, 3]; they differ at axis 1 and nothing is \
                broadcast: let all exits decide between the same classes"
)]
fn unequal_classes_name_the_exit() {
    // Labels alone would let it through: each of them is a class of both.
    let _ = hard().forward(exits([[4, 3], [4, 5], [4, 3]]), classes(&device()));
}

#[test]
#[should_panic(
    expected = "DeepSupervision: exit 1 has shape [2, 3] and the deepest, exit 2, [4, 3]; they differ at axis 0"
)]
fn unequal_batches_name_the_exit() {
    let _ = soft().from_deepest(exits([[2, 3], [4, 3]]));
}

#[test]
#[should_panic(
    expected = "DeepSupervision: exit 1 has shape [2, 5] and the deepest, exit 2, [4, 3]; they differ at axis 0"
)]
fn unequal_batches_of_features_name_the_exit() {
    let exits = exits([[2, 5], [4, 3]]).into_iter().map(Feature::from).collect();
    let _ = DeepSupervision::shared(SimilarityLossConfig::new().init()).from_deepest(exits);
}

#[test]
#[should_panic(
    expected = "DeepSupervision: there are 3 weights for 2 exits that learn; give one for each, shallow to deep"
)]
fn a_weight_too_many() {
    let deep = soft().with_weights(vec![1.0; 3]);
    let _ = deep.from_deepest(exits([[4, 3]; 3]));
}

#[test]
#[should_panic(expected = "DeepSupervision: there are 2 losses for 3 exits that learn")]
fn a_loss_too_few() {
    let losses = vec![HardLabelLossConfig::new().init(); 2];
    let _ = DeepSupervision::of_each(losses).forward(exits([[4, 3]; 3]), classes(&device()));
}

#[test]
#[should_panic(expected = "DeepSupervision: the weight of an exit is -0.5, but must be a finite number of at least 0")]
fn a_negative_weight() {
    let _ = soft().with_weights(vec![1.0, -0.5]);
}

#[test]
#[should_panic(expected = "DeepSupervision: the number of weights is 0, but must be at least 1")]
fn no_weights() {
    let _ = soft().with_weights(vec![]);
}

#[test]
fn weights_from_a_file_are_errors() {
    let error = soft().try_with_weights(vec![1.0, f64::NAN]).unwrap_err().to_string();
    assert!(
        error.starts_with("DeepSupervision: the weight of an exit is NaN"),
        "{error}"
    );
}

#[test]
#[should_panic(expected = "HardLabelLoss: label 3 is not a class; with 3 classes labels run from 0 to 2")]
fn a_label_that_is_no_class() {
    let _ = hard().forward(exits([[2, 3]; 2]), Tensor::from_ints([0, 3], &device()));
}

#[test]
#[should_panic(expected = "HardLabelLoss: there are 4 labels for 2 rows")]
fn a_label_too_many() {
    let _ = hard().forward(exits([[2, 3]; 2]), classes(&device()));
}
