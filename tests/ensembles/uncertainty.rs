//! What predictions leave open, and why.

use burn::tensor::Tensor;
use kd::ensemble::Uncertainty;
use kd_testkit::{assert_close, read, within};

use crate::said::logits;

fn numbers(of: Uncertainty) -> [Vec<f64>; 3] {
    [of.total, of.data, of.knowledge].map(read)
}

/// Entropies by hand, of (½, ½) and (1, 0), whose mean is (¾, ¼).
#[test]
fn members_by_hand() {
    let said = [logits([[0.0, 0.0]]), logits([[0.0, f32::NEG_INFINITY]])];
    let [total, data, knowledge] = numbers(Uncertainty::of_members(&said));
    let entropy = -(0.75 * 0.75f64.ln() + 0.25 * 0.25f64.ln());
    let expected = 0.5 * 2f64.ln();
    assert_close("total", &total, &[entropy], within(1e-6));
    assert_close("data", &data, &[expected], within(1e-6));
    assert_close("knowledge", &knowledge, &[entropy - expected], within(1e-6));
}

/// Of α = (1, 1), uniform on the line: E[H] = ½, since ψ(3) − ψ(2) = ½. Of (1, 1, 1): ψ(4) − ψ(2) = 5/6.
#[test]
fn a_dirichlet_by_hand() {
    let [total, data, knowledge] = numbers(Uncertainty::of_dirichlet(logits([[0.0, 0.0]])));
    assert_close("total", &total, &[2f64.ln()], within(1e-6));
    assert_close("data", &data, &[0.5], within(1e-6));
    assert_close("knowledge", &knowledge, &[2f64.ln() - 0.5], within(1e-6));
    let [_, data, _] = numbers(Uncertainty::of_dirichlet(logits([[0.0; 3]])));
    assert_close("data", &data, &[5.0 / 6.0], within(1e-6));
}

/// With α = (n, n) for a large n, knowledge is 1/(4n) to first order: (C − 1) / (2 Σα). It is far below what is left of log 2 in f32.
#[test]
fn a_sure_student_knows_and_keeps_its_digits() {
    for n in [1e4f32, 1e6, 1e8] {
        let [_, _, knowledge] = numbers(Uncertainty::of_dirichlet(logits([[n.ln(), n.ln()]])));
        let n = f64::from(n.ln()).exp();
        // The next order is 1/n of this; f32 keeps n itself to 1e-6, as the exponential of its logarithm.
        assert_close("knowledge", &knowledge, &[0.25 / n], within(1e-4));
    }
}

/// Draws of a Dirichlet distribution are the members of an ensemble: α = (1, 1) as the middles of 200 parts of the line.
#[test]
fn a_dirichlet_is_an_ensemble_of_its_draws() {
    let draws: Vec<Tensor<2>> = (0..200)
        .map(|k| (k as f32 + 0.5) / 200.0)
        .map(|p| logits([[p.ln(), (1.0 - p).ln()]]))
        .collect();
    let of_draws = numbers(Uncertainty::of_members(&draws));
    let of_dirichlet = numbers(Uncertainty::of_dirichlet(logits([[0.0, 0.0]])));
    // The rule of middles is off by 1.6e-5 here, and a sum of 200 numbers in f32 by up to 200 · 2⁻²⁴.
    for (draws, dirichlet) in of_draws.iter().zip(&of_dirichlet) {
        assert_close("part", draws, dirichlet, within(1e-4));
    }
}

#[test]
fn a_class_that_does_not_exist_has_no_part() {
    let without = numbers(Uncertainty::of_dirichlet(logits([[0.3, -0.7]])));
    let with = numbers(Uncertainty::of_dirichlet(logits([[0.3, f32::NEG_INFINITY, -0.7]])));
    for (with, without) in with.iter().zip(&without) {
        assert_close("part", with, without, within(1e-5));
    }
}

#[test]
fn members_that_agree_leave_nothing_to_know() {
    let member = logits([[3.0, 0.0, -1.0], [0.0, 0.0, 0.0]]);
    let [total, data, knowledge] = numbers(Uncertainty::of_members(&[member.clone(), member]));
    assert_close("knowledge", &knowledge, &[0.0, 0.0], within(1e-6).of_at_least(1.0));
    assert_close("data", &data, &total, within(1e-6));
}

#[test]
fn it_is_a_constant() {
    let tracked = || logits([[1.0, 0.0]]).autodiff().require_grad();
    assert!(!Uncertainty::of_members(&[tracked(), tracked()]).total.is_autodiff());
    assert!(!Uncertainty::of_dirichlet(tracked()).knowledge.is_autodiff());
}
