//! The ensemble as a teacher: of any members, by any rule, and what is said where they do not fit together.

use std::cell::RefCell;

use burn::{
    nn::{Linear, LinearConfig},
    tensor::Tensor,
};
use kd::{
    Error, Frozen, Teacher,
    ensemble::{
        BestMember, Ensemble, GeometricMean, MeanOfProbs, OnDevice, RandomMember, Rule, Weighted, WeightedByConfidence,
        Weights, WithLabels,
    },
    rows::{log_mean_probs, log_soften},
    teacher_fn,
};
use kd_testkit::{assert_close, device, laws, read, within};

use crate::said::{labels, logits};

type AnyTeacher = Box<dyn Teacher<Tensor<2>, Output = Tensor<2>>>;

fn saying(said: Tensor<2>) -> AnyTeacher {
    Box::new(teacher_fn(move |_: Tensor<2>| said.clone()))
}

fn input() -> Tensor<2> {
    logits([[0.5, -1.0, 2.0], [0.0, 3.0, 1.0]])
}

fn network(hidden: &[usize]) -> Vec<Linear> {
    let widths = [&[3], hidden, &[4]].concat();
    let layer = |pair: &[usize]| LinearConfig::new(pair[0], pair[1]).init(&device().autodiff());
    widths.windows(2).map(layer).collect()
}

#[allow(clippy::ptr_arg, reason = "the network is a Vec")]
fn run(layers: &Vec<Linear>, input: Tensor<2>) -> Tensor<2> {
    layers.iter().fold(input, |x, layer| layer.forward(x).tanh())
}

#[test]
fn members_of_different_kinds() {
    let deep = Frozen::new(network(&[5, 5]), run);
    let flat = Frozen::new(network(&[]), run);
    let expected = log_mean_probs(vec![deep.teach(input()), flat.teach(input()), logits([[0.0; 4]; 2])]);

    let inner: AnyTeacher = Box::new(Ensemble::new([flat]));
    let members: Vec<AnyTeacher> = vec![Box::new(deep), inner, saying(logits([[0.0; 4]; 2]))];
    let ensemble = Ensemble::new(members);
    assert_eq!(ensemble.members().len(), 3);
    let said = ensemble.teach(input());
    assert_close("said", &read(said), &read(expected), within(1e-6));
}

#[test]
fn what_it_says_is_a_constant() {
    let tracked = input().autodiff().require_grad();
    // A member that forgets to take itself off the graph.
    struct Tracked;
    impl Teacher<Tensor<2>> for Tracked {
        type Output = Tensor<2>;

        fn teach(&self, input: Tensor<2>) -> Tensor<2> {
            input * 2.0
        }
    }
    let ensemble = Ensemble::new([Tracked, Tracked]);
    assert!(!ensemble.teach(tracked.clone()).is_autodiff());
    assert!(ensemble.each(tracked.clone()).iter().all(|said| !said.is_autodiff()));
    let question = || WithLabels::new(tracked.clone(), labels(&[0, 2]));
    assert!(!ensemble.by(BestMember::new()).teach(question()).is_autodiff());
    assert!(!ensemble.by(WeightedByConfidence::new()).teach(question()).is_autodiff());
}

#[test]
fn members_never_change_within_a_step() {
    let teacher = Frozen::new(network(&[5]), run);
    let ensemble = Ensemble::new([&teacher, &teacher]);
    laws::a_teacher_never_changes(teacher.module(), || {
        let student = LinearConfig::new(3, 4).init(&device().autodiff());
        let loss = (student.forward(input()) - ensemble.teach(input())).square().mean();
        assert!(student.weight.grad(&loss.backward()).is_some());
    });
}

#[test]
fn each_says_what_the_members_say() {
    let said = [logits([[1.0, 2.0]]), logits([[3.0, 4.0]])];
    let each = Ensemble::new(said.clone().map(saying)).each(input());
    for (found, expected) in each.into_iter().zip(said) {
        assert_eq!(read(found), read(expected));
    }
}

/// A member speaks when it is asked, and nobody else has to: one at a time, in their order, or one alone.
#[test]
fn members_are_asked_one_by_one() {
    let asked = RefCell::new(Vec::new());
    let member = |index: usize| {
        let asked = &asked;
        teacher_fn(move |input: Tensor<2>| {
            asked.borrow_mut().push(index);
            input
        })
    };
    let ensemble = Ensemble::new([0, 1, 2].map(member));
    ensemble.teach(input());
    assert_eq!(asked.take(), [0, 1, 2]);
    ensemble
        .by(BestMember::new())
        .teach(WithLabels::new(input(), labels(&[0, 1])));
    assert_eq!(asked.take(), [0, 1, 2]);
    let random = RandomMember::new(0).at(4);
    ensemble.by(random).teach(input());
    assert_eq!(asked.take(), [random.index(3)]);
    ensemble.by(Weighted::new(Weights::new([0.0, 1.0, 0.0]))).teach(input());
    assert_eq!(asked.take(), [1]);
}

#[test]
fn rules_may_be_chosen_at_run_time() {
    let said = [logits([[1.0, 2.0]]), logits([[3.0, 4.0]])];
    let ensemble = Ensemble::new(said.map(saying));
    let rules: [Box<dyn Rule<Labels = ()>>; 2] = [Box::new(MeanOfProbs), Box::new(GeometricMean)];
    for rule in rules {
        let said = ensemble.by(rule).teach(input());
        assert_close(
            "said",
            &read(said),
            &read(log_soften(logits([[0.0, 1.0]]), 1.0)),
            within(1e-6),
        );
    }
}

/// On one device; `OnDevice` brings what is said to where the input was, autodiff or not.
#[test]
fn members_with_a_device_of_their_own() {
    let member = || OnDevice::new(Frozen::new(network(&[5]), run), &device());
    let ensemble = Ensemble::new([member(), member()]);
    let tracked = input().autodiff().require_grad();
    let (said, again) = (ensemble.teach(tracked), ensemble.teach(input()));
    assert!(!said.is_autodiff());
    assert_eq!(said.device(), input().device());
    assert_eq!(read(said), read(again));
}

#[test]
#[should_panic(expected = "Ensemble: members is 0, but must be at least 1")]
fn an_empty_ensemble_panics() {
    Ensemble::<AnyTeacher>::new([]);
}

#[test]
fn an_empty_ensemble_is_an_error() {
    let error = Ensemble::<AnyTeacher>::try_new([]).unwrap_err();
    assert!(matches!(error, Error::InvalidValue { name: "members", .. }));
}

#[test]
fn a_rule_for_another_number_of_members_is_an_error() {
    let ensemble = Ensemble::new([saying(logits([[0.0, 1.0]]))]);
    let error = ensemble.try_with_rule(Weighted::new(Weights::equal(2))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Weighted: the number of weights is 2, but must be one for each member, in their order"
    );
}

#[test]
#[should_panic(
    expected = "Ensemble: member 0 has shape [1, 2] and member 2 [1, 3]; give all of them the same samples, and let all \
                of them know the same classes"
)]
fn members_that_know_other_classes_panic() {
    let two = || saying(logits([[0.0, 1.0]]));
    Ensemble::new([two(), two(), saying(logits([[0.0, 1.0, 2.0]]))]).teach(input());
}

#[test]
#[should_panic(expected = "member 0 has shape [1, 2] and member 1 [2, 2]")]
fn members_of_other_samples_panic() {
    let members = [saying(logits([[0.0, 1.0]])), saying(logits([[0.0, 1.0], [1.0, 0.0]]))];
    Ensemble::new(members).with_rule(GeometricMean).each(input());
}

fn one_of_them_is(bad: Tensor<2>) -> Ensemble<AnyTeacher> {
    let good = || saying(logits([[0.0, 1.0], [1.0, 0.0]]));
    Ensemble::new([good(), saying(bad), good()])
}

#[test]
#[should_panic(
    expected = "Ensemble: member 1 says no distribution in row 1 of 2 over 2 classes: a logit is NaN or infinite, or \
                all are -inf"
)]
fn a_member_that_is_not_a_number_is_named() {
    one_of_them_is(logits([[0.0, 0.0], [0.0, f32::NAN]]))
        .checked(true)
        .teach(input());
}

#[test]
#[should_panic(expected = "Ensemble: member 1 says no distribution in row 0")]
fn each_names_it_as_well() {
    let infinite = logits([[f32::INFINITY, 0.0], [0.0, 0.0]]);
    one_of_them_is(infinite).checked(true).each(input());
}

#[test]
fn a_class_that_is_ruled_out_is_none_of_that() {
    let padded = logits([[0.0, f32::NEG_INFINITY], [0.0, 0.0]]);
    one_of_them_is(padded).checked(true).teach(input());
}

#[test]
fn unless_asked_nobody_looks() {
    let said = read(one_of_them_is(logits([[0.0, 0.0], [0.0, f32::NAN]])).teach(input()));
    assert!(said[..2].iter().all(|x| x.is_finite()) && said[2..].iter().all(|x| x.is_nan()));
}
