//! What terms do to parameters: norms and cosines by closed form.

use burn::{
    module::Param,
    nn::{Linear, LinearConfig},
    tensor::{Tensor, TensorData},
};
use kd::{
    LossTerms,
    diagnose::{GradientReport, TermGradients},
};
use kd_testkit::{assert_close, device, within};

/// Two inputs, one output, no bias: y = w · x.
pub fn network() -> Linear {
    let device = device().autodiff();
    let mut network = LinearConfig::new(2, 1).with_bias(false).init(&device);
    network.weight = Param::from_tensor(Tensor::from_floats([[1.0], [2.0]], &device));
    network
}

pub fn inputs(rows: &[[f32; 2]]) -> Tensor<2> {
    let numbers: Vec<f32> = rows.iter().flatten().copied().collect();
    Tensor::from_data(TensorData::new(numbers, [rows.len(), 2]), &device().autodiff())
}

/// Mean of the outputs, and mean of their squares.
fn mean_and_square(network: &Linear, batch: &Tensor<2>) -> [Tensor<1>; 2] {
    let outputs = network.forward(batch.clone());
    [outputs.clone().mean(), outputs.square().mean()]
}

fn report(batches: &[&[[f32; 2]]], weights: [f64; 2]) -> GradientReport {
    let network = network();
    let mut gradients = TermGradients::new();
    for batch in batches {
        let batch = inputs(batch);
        gradients.update(&network, || {
            let [mean, square] = mean_and_square(&network, &batch);
            LossTerms::new()
                .with("mean", weights[0], mean)
                .with("square", weights[1], square)
        });
    }
    gradients.report()
}

/// The gradients of mean(w · x) and mean((w · x)²) by w = (1, 2): the mean of x, and the mean of 2 (w · x) x.
fn by_hand(batch: &[[f32; 2]]) -> [[f64; 2]; 2] {
    let mut gradients = [[0.0; 2]; 2];
    for &[a, b] in batch {
        let x = [f64::from(a), f64::from(b)].map(|x| x / batch.len() as f64);
        let y = f64::from(a) + 2.0 * f64::from(b);
        for (gradient, factor) in gradients.iter_mut().zip([1.0, 2.0 * y]) {
            *gradient = [gradient[0] + factor * x[0], gradient[1] + factor * x[1]];
        }
    }
    gradients
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

const ONE: [[f32; 2]; 3] = [[1.0, 0.5], [-2.0, 0.25], [0.5, 3.0]];
const OTHER: [[f32; 2]; 2] = [[0.25, -1.0], [4.0, 1.0]];

#[test]
fn norms_and_cosine_by_closed_form() {
    let [mean, square] = by_hand(&ONE);
    let report = report(&[&ONE], [0.5, 2.0]);
    let norm = |gradient: &[f64]| dot(gradient, gradient).sqrt();
    let norms: Vec<f64> = report.terms.iter().map(|term| term.norm).collect();
    assert_close("norms", &norms, &[norm(&mean), norm(&square)], within(1e-5));
    let weighted: Vec<f64> = report.terms.iter().map(|term| term.weighted()).collect();
    assert_close(
        "weighted",
        &weighted,
        &[0.5 * norm(&mean), 2.0 * norm(&square)],
        within(1e-5),
    );
    let cosine = dot(&mean, &square) / norm(&mean) / norm(&square);
    assert_close("cosine", &[report.cosine(0, 1).unwrap()], &[cosine], within(1e-5));
    assert_eq!(report.cosine(0, 1), report.cosine(1, 0));

    let total = [0, 1].map(|axis| 0.5 * mean[axis] + 2.0 * square[axis]);
    let along = [&mean, &square].map(|gradient| dot(gradient, &total) / norm(gradient) / norm(&total));
    let found: Vec<f64> = report.terms.iter().map(|term| term.along.unwrap()).collect();
    assert_close("total", &[report.total], &[norm(&total)], within(1e-5));
    assert_close("along", &found, &along, within(1e-5));
}

#[test]
fn of_several_batches_they_stand_one_below_the_other() {
    let report = report(&[&ONE, &OTHER], [1.0, 1.0]);
    let ([m1, s1], [m2, s2]) = (by_hand(&ONE), by_hand(&OTHER));
    let (mean, square) = ([m1, m2].concat(), [s1, s2].concat());
    let norms = [&mean, &square].map(|gradient| (dot(gradient, gradient) / 2.0).sqrt());
    let found: Vec<f64> = report.terms.iter().map(|term| term.norm).collect();
    assert_close("norms", &found, &norms, within(1e-5));
    let cosine = dot(&mean, &square) / 2.0 / norms[0] / norms[1];
    assert_close("cosine", &[report.cosine(0, 1).unwrap()], &[cosine], within(1e-5));
    assert_eq!(report.batches, 2);
}

#[test]
fn what_is_opposite_has_cosine_minus_one() {
    let network = network();
    let batch = inputs(&ONE);
    let mut gradients = TermGradients::new();
    gradients.update(&network, || {
        let mean = mean_and_square(&network, &batch)[0].clone();
        LossTerms::new()
            .with("up", 1.0, mean.clone())
            .with("down", 0.25, mean * -2.0)
    });
    let report = gradients.report();
    assert!((report.cosine(0, 1).unwrap() + 1.0).abs() < 1e-6);
    // Together they go up by a half, so `down` is unlearnt.
    assert!((report.terms[0].along.unwrap() - 1.0).abs() < 1e-6);
    assert!((report.terms[1].along.unwrap() + 1.0).abs() < 1e-6);
    assert!((report.total / report.terms[0].norm - 0.5).abs() < 1e-6);
}

/// With its weight below 0 what was opposite pulls the same way.
#[test]
fn a_weight_below_0_turns_its_term_round() {
    let [plus, minus] = [report(&[&ONE], [1.0, 1.0]), report(&[&ONE], [1.0, -1.0])];
    assert_eq!(plus.cosine(0, 1).unwrap(), -minus.cosine(0, 1).unwrap());
    assert_eq!(plus.terms[1].norm, minus.terms[1].norm);
}

#[test]
fn without_a_weight_a_term_is_measured_and_moves_nothing() {
    let [with, without] = [report(&[&ONE], [1.0, 1.0]), report(&[&ONE], [1.0, 0.0])];
    assert_eq!(with.terms[1].norm, without.terms[1].norm);
    assert_eq!(with.cosine(0, 1), without.cosine(0, 1));
    assert_eq!(without.total, without.terms[0].norm);
    assert_eq!(without.shares(), [1.0, 0.0]);
}

#[test]
fn a_part_of_the_network_is_looked_at_alone() {
    let (first, second) = (network(), network());
    let batch = inputs(&ONE);
    let terms = || {
        let (one, two) = (first.forward(batch.clone()), second.forward(batch.clone()));
        LossTerms::new().with("both", 1.0, (one + two).mean())
    };
    let norm = |gradients: TermGradients| gradients.report().terms[0].norm;
    let (mut part, mut both) = (TermGradients::new(), TermGradients::new());
    part.update(&first, terms);
    both.update(&(first.clone(), second.clone()), terms);
    assert!((norm(both) / norm(part) - 2f64.sqrt()).abs() < 1e-6);
}

#[test]
fn what_is_tied_counts_once() {
    let network = network();
    let tied = (network.clone(), network.clone());
    let batch = inputs(&ONE);
    let norm = |gradients: TermGradients| gradients.report().terms[0].norm;
    let terms = || {
        let outputs = tied.0.forward(batch.clone()) + tied.1.forward(batch.clone());
        LossTerms::new().with("both", 1.0, outputs.mean())
    };
    let (mut once, mut twice) = (TermGradients::new(), TermGradients::new());
    once.update(&tied.0, terms);
    twice.update(&tied, terms);
    assert_eq!(norm(once), norm(twice));
}
