//! What counts in layers, and what learns from them.

use burn::{
    nn::{Linear, LinearConfig},
    tensor::{Device, Tensor},
};
use kd::{
    DistillLoss,
    transformer::{Attended, EncoderLayers, TinyBertLoss, TinyBertLossConfig},
};
use kd_testkit::{assert_close, device, laws, read, waved, waves, within};

use crate::sequences::{first, of_tokens, padded};

/// Two layers 3 wide, or three layers 5 wide, all tensors leaves; the last `padding` tokens are NaN.
pub fn shown(layers: usize, width: usize, padding: usize, phase: f64, device: &Device) -> EncoderLayers {
    let hidden = |layer: usize| padded(waves([2, 3, width], phase + layer as f64, device), &[1], padding);
    let scores = |layer: usize| padded(waves([2, 2, 3, 3], phase - layer as f64, device), &[2, 3], padding);
    let logits = padded(waves([2, 4], phase, device), &[], 0);
    EncoderLayers::new((0..=layers).map(hidden).collect(), (0..layers).map(scores).collect()).with_logits(logits)
}

pub fn student(device: &Device) -> EncoderLayers {
    shown(2, 3, 0, 0.1, device)
}

pub fn teacher(device: &Device) -> Attended<EncoderLayers> {
    Attended::new(shown(3, 5, 0, 0.7, device), first(3, [2, 3], device))
}

pub fn config() -> TinyBertLossConfig {
    TinyBertLossConfig::new(vec![1, 3]).with_prediction(1.0)
}

pub fn projectors(count: usize, device: &Device) -> Vec<Linear> {
    (0..count)
        .map(|_| waved(LinearConfig::new(3, 5).init(device)))
        .collect()
}

#[test]
fn padding_changes_nothing() {
    let device = device().autodiff();
    let loss = config().init_with_projectors(projectors(3, &device));
    let outcome = |padding: usize| {
        let student = shown(2, 3, padding, 0.1, &device);
        let teacher = shown(3, 5, padding, 0.7, &device);
        let attended = first(3, [2, 3 + padding], &device);
        let values = loss.per_sample(student.clone(), Attended::new(teacher, attended));
        let gradients = values.clone().mean().backward();
        let hidden = student
            .hidden
            .iter()
            .map(|leaf| of_tokens(leaf.grad(&gradients).unwrap(), &[1], 3));
        let scores = student
            .scores
            .iter()
            .map(|leaf| of_tokens(leaf.grad(&gradients).unwrap(), &[2, 3], 3));
        let weights = loss
            .projectors
            .iter()
            .map(|linear| read(linear.weight.grad(&gradients).unwrap()));
        (read(values), hidden.chain(scores).chain(weights).collect::<Vec<_>>())
    };
    let (values, gradients) = outcome(0);
    for padding in [1, 4] {
        let (again, padded) = outcome(padding);
        assert_close("values", &again, &values, within(1e-6));
        for (padded, gradient) in padded.iter().zip(&gradients) {
            assert_close("gradient", padded, gradient, within(1e-6));
        }
    }
}

#[test]
fn where_nothing_counts_there_is_a_zero() {
    let device = device().autodiff();
    let loss = config()
        .with_prediction(0.0)
        .init_with_projectors(projectors(1, &device));
    let nothing = Attended {
        attended: first(0, [2, 3], &device),
        ..teacher(&device)
    };
    let student = student(&device);
    let values = loss.per_sample(student.clone(), nothing);
    let gradients = values.clone().mean().backward();
    assert_eq!(read(values), [0.0, 0.0]);
    assert!(
        read(student.hidden[1].grad(&gradients).unwrap())
            .iter()
            .all(|&gradient| gradient == 0.0)
    );
    assert!(
        read(student.scores[1].grad(&gradients).unwrap())
            .iter()
            .all(|&gradient| gradient == 0.0)
    );
}

#[test]
fn terms_are_named_and_add_up() {
    let device = device().autodiff();
    let loss = config().with_hidden(0.5).init_with_projectors(projectors(1, &device));
    let terms = loss.terms(student(&device), teacher(&device));
    let names: Vec<(&str, f64)> = terms.iter().map(|term| (&*term.name, term.weight)).collect();
    let expected = [
        ("embedding", 1.0),
        ("hidden 1", 0.5),
        ("attention 1", 1.0),
        ("hidden 2", 0.5),
        ("attention 2", 1.0),
        ("prediction", 1.0),
    ];
    assert_eq!(names, expected);
    let forward = read(loss.forward(student(&device), teacher(&device)));
    assert_close("total", &read(terms.total()), &forward, within(1e-6));
}

/// The second stage looks at nothing but the answers.
#[test]
fn answers_need_no_layers() {
    let device = device().autodiff();
    let loss = config().answers().init();
    let answers = |width: usize| EncoderLayers::default().with_logits(waves([2, width], 0.3, &device));
    let lesson = Attended::new(answers(4), first(3, [2, 3], &device));
    let terms = loss.terms(answers(4), lesson);
    assert_eq!(terms.iter().map(|term| &*term.name).collect::<Vec<_>>(), ["prediction"]);
}

/// A model that adds −10000 for padding and one that adds −∞ show the same, and so does one that leaves its scores alone.
#[test]
fn scores_that_do_not_look_are_zeros() {
    let device = device();
    let loss = TinyBertLossConfig::new(vec![1])
        .with_embedding(0.0)
        .with_hidden(0.0)
        .init();
    let value = |student: f32, teacher: f32| {
        let scores = |score: f32| EncoderLayers::new(vec![], vec![Tensor::from_floats([[[[score]]]], &device)]);
        read(loss.forward(
            scores(student),
            Attended::new(scores(teacher), first(1, [1, 1], &device)),
        ))
    };
    assert_eq!(value(3.0, -1e4), [9.0]);
    assert_eq!(value(f32::NEG_INFINITY, 2.0), [4.0]);
    assert_eq!(value(-100.0, f32::NEG_INFINITY), [0.0]);
    assert_eq!(value(-99.0, 1.0), [1e4]);
    assert!(value(f32::NAN, 1.0)[0].is_nan());
}

#[test]
fn every_projector_learns() {
    let device = device().autodiff();
    for count in [1, 3] {
        let loss = config().init_with_projectors(projectors(count, &device));
        laws::every_parameter_learns(loss, |loss: &TinyBertLoss<Linear>| {
            loss.forward(student(&device), teacher(&device))
        });
    }
}
