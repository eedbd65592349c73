//! Weights fitted on validation data.

use kd::{
    ensemble::{FittedWeights, Members, Rule, Weighted},
    rows::soften,
};
use kd_testkit::{assert_close, read, within};

use crate::said::{labels, logits};

/// Weights that were fitted give the likelihood they promise, and none of 861 others gives more by more than the gap.
#[test]
fn fitted_weights_are_the_best() {
    let said = [
        logits([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
        logits([[0.0, 0.0, 1.0], [0.0, 3.0, 0.0], [0.0, 0.0, 2.0], [0.0, 1.0, 0.0]]),
        logits([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]]),
    ];
    let classes = [0, 1, 2, 2];
    let fitted = FittedWeights::of(&said, labels(&classes)).unwrap();
    let of_labels = |numbers: &[f64]| -> Vec<f64> {
        let rows = classes.iter().zip(numbers.chunks(3));
        rows.map(|(&class, row)| row[class]).collect()
    };
    let together = Weighted::new(fitted.weights.clone()).combine(&Members::recorded(said.to_vec()), ());
    let promised = -of_labels(&read(together)).iter().sum::<f64>() / 4.0;
    assert_close("nll", &[promised], &[fitted.nll], within(1e-6));

    let probs = said.map(|logits| of_labels(&read(soften(logits, 1.0))));
    let nll = |weights: [f64; 3]| {
        let mixed = |sample: usize| -> f64 {
            let members = probs.iter().zip(weights);
            members.map(|(of_member, w)| w * of_member[sample]).sum()
        };
        -(0..4).map(|sample| mixed(sample).ln()).sum::<f64>() / 4.0
    };
    let parts = (0..=40).flat_map(|a| (0..=40 - a).map(move |b| [a, b, 40 - a - b]));
    let best = parts
        .map(|parts| nll(parts.map(|part| f64::from(part) / 40.0)))
        .fold(f64::INFINITY, f64::min);
    // What a mean of logarithms of about 1 is rounded to in f32 comes on top of the gap.
    assert!(fitted.nll <= best + fitted.gap + 1e-6, "{fitted:?} against {best}");
    let equal = nll([1.0 / 3.0; 3]);
    assert!(fitted.nll < equal - 1e-3, "equal weights are no worse: {equal}");
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
