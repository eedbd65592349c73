//! Weights fitted on validation data.

use kd::ensemble::{FittedWeights, Members, Rule, Weighted, Weights};
use kd_testkit::{assert_close, read, within};

use crate::said::{labels, logits};

/// Weights that were fitted give the likelihood they promise, and none of a thousand others gives more by more than the gap.
#[test]
fn fitted_weights_are_the_best() {
    let said = [
        logits([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
        logits([[0.0, 0.0, 1.0], [0.0, 3.0, 0.0], [0.0, 0.0, 2.0], [0.0, 1.0, 0.0]]),
        logits([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]]),
    ];
    let classes = [0, 1, 2, 2];
    let fitted = FittedWeights::of(&said, labels(&classes)).unwrap();
    let members = Members::recorded(said.to_vec());
    let nll = |weights: Weights| {
        let said = read(Weighted::new(weights).combine(&members, ()));
        let of_labels = classes.iter().zip(said.chunks(3)).map(|(&class, row)| -row[class]);
        of_labels.sum::<f64>() / 4.0
    };
    assert_close("nll", &[nll(fitted.weights.clone())], &[fitted.nll], within(1e-6));
    let steps = 0..=40;
    let others = steps.flat_map(|a| (0..=40 - a).map(move |b| Weights::new([a, b, 40 - a - b].map(f64::from))));
    let best = others.map(nll).fold(f64::INFINITY, f64::min);
    // What a mean of logarithms of about 1 is rounded to in f32 comes on top of the gap.
    assert!(fitted.nll <= best + fitted.gap + 1e-6, "{fitted:?} against {best}");
    let worst = nll(Weights::equal(3));
    assert!(fitted.nll < worst - 1e-3, "equal weights are no worse: {worst}");
}

#[test]
fn fitting_names_a_member_that_is_not_a_number() {
    let said = [logits([[1.0, 0.0], [0.0, 1.0]]), logits([[1.0, 0.0], [f32::NAN, 1.0]])];
    let error = FittedWeights::of(&said, labels(&[0, 1])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "FittedWeights: member 1 says NaN of sample 1; look at that member's weights and at its input"
    );
    let error = FittedWeights::of(&[], labels(&[0, 1])).unwrap_err();
    assert_eq!(error.to_string(), "FittedWeights: members is 0, but must be at least 1");
}
