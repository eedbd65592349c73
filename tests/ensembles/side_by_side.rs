//! Members that run at the same time: what they say is what they say one after the other, on one device and on two.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use burn::{
    nn::{Linear, LinearConfig},
    tensor::{Device, Distribution, Tensor},
};
use kd::{
    Frozen, Teacher,
    ensemble::{
        BestMember, Ensemble, GeometricMean, MeanOfProbs, Members, OnDevice, RandomMember, Rule, Weighted,
        WeightedByConfidence, WeightedByEntropy, Weights, WithLabels,
    },
    teacher_fn,
};
use kd_testkit::{device, read};

use crate::said::{labels, logits};

pub type AnyTeacher = Box<dyn Teacher<Tensor<2>, Output = Tensor<2>> + Sync>;

/// Longer than any member takes: whoever waits for another that does not run says so instead of waiting for ever.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Another device than the one under test, if there is one.
fn elsewhere() -> Device {
    #[cfg(feature = "ndarray")]
    #[allow(deprecated, reason = "deprecated upstream, still supported here")]
    if device() == Device::flex() {
        return Device::ndarray();
    }
    Device::flex()
}

fn network(device: &Device) -> OnDevice<impl Teacher<Tensor<2>, Output = Tensor<2>> + Sync + use<>> {
    let network: Vec<Linear> = [[16, 64], [64, 64], [64, 4]]
        .map(|[from, to]| LinearConfig::new(from, to).init(device))
        .into();
    #[allow(clippy::ptr_arg, reason = "the network is a Vec")]
    fn run(layers: &Vec<Linear>, input: Tensor<2>) -> Tensor<2> {
        layers.iter().fold(input, |x, layer| layer.forward(x).tanh())
    }
    OnDevice::new(Frozen::new(network, run), device)
}

fn images() -> Tensor<2> {
    Tensor::random([48, 16], Distribution::Normal(0.0, 1.0), &device())
}

pub fn input() -> Tensor<2> {
    logits([[0.5, -1.0, 2.0], [0.0, 3.0, 1.0]])
}

pub fn boxed(member: impl Fn(Tensor<2>) -> Tensor<2> + Sync + 'static) -> AnyTeacher {
    Box::new(teacher_fn(member))
}

/// By each rule, with three members on two devices.
#[test]
fn to_the_bit_as_one_after_the_other() {
    let ensemble = Ensemble::new([device(), elsewhere(), device()].each_ref().map(network));
    let images = images();
    let random = RandomMember::new(3);
    let rules: [Box<dyn Rule<Labels = ()>>; 6] = [
        Box::new(MeanOfProbs),
        Box::new(GeometricMean),
        Box::new(WeightedByEntropy),
        Box::new(Weighted::new(Weights::new([0.0, 1.0, 2.0]))),
        Box::new(random.at(0)),
        Box::new(random.at(1)),
    ];
    for (number, rule) in rules.iter().enumerate() {
        let one_by_one = ensemble.by(rule).teach(images.clone());
        let at_once = ensemble.by(rule).side_by_side().teach(images.clone());
        assert_eq!(at_once.device(), images.device(), "rule {number}");
        assert_eq!(read(at_once), read(one_by_one), "rule {number}");
    }

    let question = || WithLabels::new(images.clone(), labels(&[0, 1, 2, 3].repeat(12)));
    let rules: [Box<dyn Rule<Labels = _>>; 2] = [Box::new(BestMember::new()), Box::new(WeightedByConfidence::new())];
    for (number, rule) in rules.iter().enumerate() {
        let one_by_one = ensemble.by(rule).teach(question());
        let at_once = ensemble.by(rule).side_by_side().teach(question());
        assert_eq!(read(at_once), read(one_by_one), "rule {number} that looks at labels");
    }
}

/// Whoever is done first, again and again.
#[test]
fn each_says_what_it_says_alone() {
    let ensemble = Ensemble::new([elsewhere(), device(), device(), elsewhere()].each_ref().map(network)).side_by_side();
    for _ in 0..10 {
        let images = images();
        let alone: Vec<_> = ensemble.ensemble().each(images.clone()).into_iter().map(read).collect();
        let at_once: Vec<_> = ensemble.each(images).into_iter().map(read).collect();
        assert_eq!(at_once, alone);
    }
}

/// Each waits for a word of the other before it speaks.
#[test]
fn they_run_at_the_same_time() {
    let (to_first, from_second) = mpsc::channel();
    let (to_second, from_first) = mpsc::channel();
    let member = |tell: mpsc::Sender<()>, hear: mpsc::Receiver<()>, factor: f32| {
        let hear = Mutex::new(hear);
        boxed(move |input| {
            tell.send(()).unwrap();
            let heard = hear.lock().unwrap().recv_timeout(PATIENCE);
            heard.expect("the other member runs as well");
            input * factor
        })
    };
    let members = [member(to_second, from_second, 2.0), member(to_first, from_first, 3.0)];
    let said = Ensemble::new(members).side_by_side().each(input());
    assert_eq!(said.len(), 2);
    for (said, factor) in said.into_iter().zip([2.0, 3.0]) {
        assert_eq!(read(said), read(input() * factor));
    }
}

/// The last to speak is the first of them.
#[test]
fn they_stand_in_their_order_and_not_in_that_of_their_ends() {
    let (spoken, wait) = mpsc::channel();
    let wait = Mutex::new(wait);
    let slow = boxed(move |input| {
        wait.lock()
            .unwrap()
            .recv_timeout(PATIENCE)
            .expect("the other one speaks");
        input * 2.0
    });
    let fast = boxed(move |input| {
        spoken.send(()).unwrap();
        input * 3.0
    });
    let said = Ensemble::new([slow, fast]).side_by_side().each(input());
    assert_eq!(read(said[0].clone()), read(input() * 2.0));
    assert_eq!(read(said[1].clone()), read(input() * 3.0));
}

#[test]
fn a_member_that_the_rule_does_not_ask_is_not_run() {
    let asked = [const { AtomicUsize::new(0) }; 3];
    let member = |index: usize| {
        let count = &asked[index];
        teacher_fn(move |input: Tensor<2>| {
            count.fetch_add(1, Ordering::Relaxed);
            input
        })
    };
    let counts = || asked.each_ref().map(|count| count.swap(0, Ordering::Relaxed));
    let ensemble = Ensemble::new([0, 1, 2].map(member));
    ensemble.by(MeanOfProbs).side_by_side().teach(input());
    assert_eq!(counts(), [1, 1, 1]);
    ensemble
        .by(Weighted::new(Weights::new([1.0, 0.0, 1.0])))
        .side_by_side()
        .teach(input());
    assert_eq!(counts(), [1, 0, 1]);
    let random = RandomMember::new(0).at(4);
    ensemble.by(random).side_by_side().teach(input());
    let mut alone = [0; 3];
    alone[random.index(3)] = 1;
    assert_eq!(counts(), alone);
    let question = WithLabels::new(input(), labels(&[0, 1]));
    ensemble.by(BestMember::new()).side_by_side().teach(question);
    assert_eq!(counts(), [1, 1, 1]);

    /// Says that it asks nobody, and asks the last one.
    struct Last;
    impl Rule for Last {
        type Labels = ();

        fn combine(&self, members: &Members<'_>, _labels: ()) -> Tensor<2> {
            members.says(members.len() - 1)
        }

        fn asks(&self, _member: usize, _members: usize) -> bool {
            false
        }
    }
    let said = ensemble.by(Last).side_by_side().teach(input());
    assert_eq!((counts(), read(said)), ([0, 0, 1], read(input())));
}

#[test]
fn nothing_is_recorded() {
    let seen = AtomicUsize::new(0);
    let member = teacher_fn(|input: Tensor<2>| {
        seen.fetch_add(usize::from(input.is_autodiff()), Ordering::Relaxed);
        input
    });
    // A member that is no constant.
    struct Tracked;
    impl Teacher<Tensor<2>> for Tracked {
        type Output = Tensor<2>;

        fn teach(&self, input: Tensor<2>) -> Tensor<2> {
            input.autodiff().require_grad()
        }
    }
    let tracked = input().autodiff().require_grad();
    let members: [&(dyn Teacher<Tensor<2>, Output = Tensor<2>> + Sync); 2] = [&member, &Tracked];
    let ensemble = Ensemble::new(members).side_by_side();
    assert!(!ensemble.teach(tracked.clone()).is_autodiff());
    assert!(ensemble.each(tracked).iter().all(|said| !said.is_autodiff()));
    assert_eq!(seen.into_inner(), 0);
}
