//! Terms that teach nothing, break or change.

use burn::module::Module;
use kd::{LossTerms, diagnose::TermGradients};

use crate::gradients::{inputs, network};

#[test]
fn a_constant_term_has_no_gradient_and_is_named() {
    let network = network();
    let batch = inputs(&[[1.0, 2.0]]);
    let mut gradients = TermGradients::new();
    gradients.update(&network, || {
        let outputs = network.forward(batch.clone());
        let constant = outputs.clone().detach().mean();
        LossTerms::new()
            .with("live", 1.0, outputs.mean())
            .with("dead", 1.0, constant)
    });
    let report = gradients.report();
    assert_eq!((report.terms[1].norm, report.terms[1].along), (0.0, None));
    assert_eq!(report.cosine(0, 1), None);
    let report = kd::diagnose::Diagnosis::new(2).report().with_gradients(report);
    assert!(
        report
            .advice()
            .iter()
            .any(|advice| advice.text.starts_with("'dead' has no gradient"))
    );
}

#[test]
fn a_gradient_that_is_not_finite_is_named_and_left_out() {
    let network = network();
    let mut gradients = TermGradients::new();
    for factor in [1.0, f32::NAN, 1.0] {
        let batch = inputs(&[[1.0, 2.0]]);
        gradients.update(&network, || {
            let outputs = network.forward(batch.clone()).mean();
            LossTerms::new()
                .with("fine", 1.0, outputs.clone())
                .with("broken", 1.0, outputs * factor)
        });
    }
    let report = gradients.report();
    assert_eq!(report.batches, 2);
    assert_eq!(
        (report.lost[0].batch, &*report.lost[0].term, report.lost.len()),
        (1, "broken", 1)
    );
    assert!(report.terms.iter().all(|term| term.norm.is_finite()));
    let report = kd::diagnose::Diagnosis::new(2).report().with_gradients(report);
    let said = report
        .advice()
        .iter()
        .any(|advice| advice.text.contains("of 'broken' is NaN or infinite in batch 1;"));
    assert!(said);
}

#[test]
fn of_lost_batches_alone_there_are_zeros_and_no_nan() {
    let network = network();
    let mut gradients = TermGradients::new();
    gradients.update(&network, || {
        let outputs = network.forward(inputs(&[[1.0, f32::NAN]])).mean();
        LossTerms::new().with("broken", 1.0, outputs)
    });
    let report = gradients.report();
    assert_eq!((report.batches, report.total, report.terms[0].norm), (0, 0.0, 0.0));
    assert_eq!(report.shares(), [0.0]);
}

#[test]
#[should_panic(expected = "TermGradients: the terms and weights were [(\"a\", 1.0)] and now are [(\"a\", 0.5)]")]
fn weights_do_not_change() {
    let network = network();
    let mut gradients = TermGradients::new();
    for weight in [1.0, 0.5] {
        gradients.update(&network, || {
            LossTerms::new().with("a", weight, network.forward(inputs(&[[1.0, 2.0]])).mean())
        });
    }
}

#[test]
#[should_panic(expected = "TermGradients: there are no terms")]
fn no_terms_panic() {
    TermGradients::new().update(&network(), LossTerms::new);
}

#[test]
#[should_panic(expected = "no parameter of the module requires a gradient")]
fn a_network_that_does_not_learn_panics() {
    let network = network();
    let frozen = network.valid();
    TermGradients::new().update(&frozen, || {
        LossTerms::new().with("a", 1.0, network.forward(inputs(&[[1.0, 2.0]])).mean())
    });
}

#[test]
#[should_panic(expected = "no term is on an autodiff graph")]
fn terms_that_are_all_constant_panic() {
    let network = network();
    TermGradients::new().update(&network, || {
        LossTerms::new().with("a", 1.0, network.forward(inputs(&[[1.0, 2.0]])).detach().mean())
    });
}
