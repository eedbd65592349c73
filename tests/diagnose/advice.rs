//! What numbers mean: each rule where it holds, and where it does not.

use burn::tensor::Tensor;
use kd::{
    LossTerms,
    diagnose::{Diagnosis, Level, Report, TermGradients},
};
use serde_json::json;

use crate::{
    gradients::{inputs, network},
    rows::diagnosed,
};

fn find(report: &Report, words: &str) -> Option<Level> {
    let advice = report.advice();
    advice
        .iter()
        .find(|advice| advice.text.contains(words))
        .map(|advice| advice.level)
}

/// So many times a sample whose teacher's second choice is so far behind.
fn behind(distance: f64) -> Report {
    diagnosed(&[[1.0, 0.0, -1.0]; 200], &[[distance, 0.0, -1.0]; 200], &[0; 200]).report()
}

#[test]
fn a_temperature_to_begin_with() {
    let report = behind(12.0);
    let temperature = report
        .softness
        .as_ref()
        .unwrap()
        .second_choice_temperature(0.1)
        .unwrap();
    let words = format!("It has 10.0 % at T = {temperature:.2}: begin there");
    assert_eq!(find(&report, &words), Some(Level::Suggestion), "{:?}", report.advice());
    assert_eq!(
        find(&behind(1.0), "the targets are soft as they are"),
        Some(Level::Note)
    );
    assert_eq!(
        find(&behind(1e6), "the teacher's logits are very far apart"),
        Some(Level::Warning)
    );
}

/// Four samples in five are as good as labels, and the fifth is a coin: on average that is soft, and most targets are not.
#[test]
fn a_mean_that_is_about_few() {
    let teacher = |distance: f64| -> Vec<[f64; 3]> {
        let of = |sample| {
            if sample % 5 == 0 {
                [0.0, 0.0, -90.0]
            } else {
                [distance, 0.0, -90.0]
            }
        };
        (0..200).map(of).collect()
    };
    let report = |distance| diagnosed(&[[1.0, 0.0, -1.0]; 200], &teacher(distance), &[0; 200]).report();
    let sure = report(20.0);
    let softness = sure.softness.as_ref().unwrap();
    // A fifth has a half: a tenth on average at T = 1, when the others have 2e-9.
    assert_eq!(softness.second_choice_temperature(0.1), Some(1.0));
    assert_eq!(softness.points[0].soft, 0.2);
    // The others have it at 20 / ln 9, which is 9.1.
    let median = softness.median_temperature().unwrap();
    assert!((8.0..12.0).contains(&median), "{median}");
    let words = format!(
        "20.0 % of them have as much there, and on the others the targets are little more than labels. Half of all samples have it at T = {median:.2}"
    );
    assert_eq!(find(&sure, &words), Some(Level::Suggestion), "{:?}", sure.advice());
    assert_eq!(find(&sure, "soft as they are"), None);

    let surest = report(1000.0);
    assert_eq!(surest.softness.as_ref().unwrap().median_temperature(), None);
    assert_eq!(
        find(&surest, "Half of all samples have it at none of these"),
        Some(Level::Suggestion)
    );
    // Where most are soft as well, it is no news.
    assert_eq!(find(&report(2.0), "soft as they are"), Some(Level::Note));
}

#[test]
fn among_many_classes_what_all_others_have_together() {
    let mut row = [0.0; 200];
    (row[0], row[1]) = (20.0, 12.0);
    let report = diagnosed(&[row; 100], &[row; 100], &[0; 100]).report();
    let softness = report.softness.as_ref().unwrap();
    assert_eq!(softness.second_choice_temperature(0.1), None);
    let together = softness.temperature_beyond(0.1).unwrap();
    let words = format!("together they have 10.0 % at T = {together:.2}: begin there");
    assert_eq!(find(&report, &words), Some(Level::Suggestion), "{:?}", report.advice());
    let one = diagnosed(&[[1.0]; 100], &[[1.0]; 100], &[0; 100]).report();
    assert_eq!(find(&one, "There is one class alone"), Some(Level::Warning));
}

#[test]
fn a_teacher_that_is_wrong_or_worse() {
    let (right, wrong) = ([2.0, 0.0, 0.0], [0.0, 0.0, 2.0]);
    let turned = diagnosed(&[right; 100], &[wrong; 100], &[0; 100]).report();
    assert_eq!(
        find(&turned, "are its classes in the order of the labels?"),
        Some(Level::Warning)
    );
    let teacher: Vec<[f64; 3]> = (0..100)
        .map(|sample| if sample % 2 == 0 { right } else { wrong })
        .collect();
    let worse = diagnosed(&[right; 100], &teacher, &[0; 100]).report();
    assert_eq!(find(&worse, "is better than its teacher"), Some(Level::Warning));
    let better = diagnosed(&teacher, &[right; 100], &[0; 100]).report();
    assert_eq!(find(&better, "is better than its teacher"), None);
    assert_eq!(find(&better, "cannot be told apart"), None);
    assert_eq!(find(&turned, "There are 100 samples"), None);
    // Of one sample nothing follows.
    let one = diagnosed(&[right], &[wrong], &[0]).report();
    assert_eq!(find(&one, "is better than its teacher"), None);
}

#[test]
fn a_teacher_that_is_too_sure() {
    // Says 95 %, and is right on half of them, or on 95 of 100.
    let row = [19f64.ln(), 0.0];
    let half: Vec<i32> = (0..100).map(|sample| sample % 2).collect();
    let honest: Vec<i32> = (0..100).map(|sample| i32::from(sample % 20 == 0)).collect();
    let report = |right: &[i32]| diagnosed(&[row; 100], &[row; 100], right).report();
    assert_eq!(
        find(&report(&half), "The teacher is too sure: it says 95.0 %"),
        Some(Level::Suggestion)
    );
    assert_eq!(find(&report(&honest), "too sure"), None);
    // Of so few samples it may be chance.
    let few = diagnosed(&[row; 2], &[row; 2], &[0, 0]).report();
    assert_eq!(find(&few, "The teacher is too"), None);
    assert_eq!(find(&few, "There are 2 samples"), Some(Level::Note));
}

#[test]
fn a_teacher_that_is_too_sure_here_and_too_modest_there() {
    // Says 95 % of the first half and 55 % of the second, and is right on three of four in both.
    let row = |sample: usize| [if sample < 100 { 19f64 } else { 11.0 / 9.0 }.ln(), 0.0];
    let rows: Vec<[f64; 2]> = (0..200).map(row).collect();
    let right: Vec<i32> = (0..200).map(|sample| i32::from(sample % 4 == 0)).collect();
    let report = diagnosed(&rows, &rows, &right).report();
    let words = "The teacher is too sure in some bins and too modest in others (ECE 0.200)";
    assert_eq!(find(&report, words), Some(Level::Suggestion), "{:?}", report.advice());
    assert_eq!(find(&report, "best_temperature"), None);
}

fn with_terms(weights: [f64; 2], terms: impl Fn(Tensor<1>) -> [Tensor<1>; 2]) -> Report {
    let network = network();
    let batch = inputs(&[[1.0, 0.5], [0.25, 3.0]]);
    let mut gradients = TermGradients::new();
    gradients.update(&network, || {
        let [soft, hard] = terms(network.forward(batch.clone()).mean());
        LossTerms::new()
            .with("soft", weights[0], soft)
            .with("hard", weights[1], hard)
    });
    Diagnosis::new(2).report().with_gradients(gradients.report())
}

#[test]
fn a_drowned_term_is_named_with_the_weight_it_would_need() {
    let same = |value: Tensor<1>| [value.clone(), value];
    let report = with_terms([1.0, 0.05], same);
    let words = "'soft' dominates: its weighted gradient drowns 'hard' (20.0× smaller; a weight of 1.00 would make it as large)";
    assert_eq!(find(&report, words), Some(Level::Suggestion), "{:?}", report.advice());
    assert_eq!(find(&with_terms([1.0, 0.2], same), "dominates"), None);
    // What has no weight is not meant to do anything.
    assert_eq!(find(&with_terms([1.0, 0.0], same), "dominates"), None);
}

#[test]
fn terms_that_conflict_and_the_one_that_is_unlearnt() {
    let against = |value: Tensor<1>| [value.clone(), -value];
    let report = with_terms([1.0, 0.5], against);
    assert_eq!(
        find(&report, "'soft' and 'hard' conflict (cosine −1.00)"),
        Some(Level::Suggestion)
    );
    assert_eq!(find(&report, "'hard' is being unlearnt"), Some(Level::Warning));
    assert_eq!(find(&report, "'soft' is being unlearnt"), None);
    assert_eq!(find(&with_terms([1.0, -0.5], against), "conflict"), None);
    assert_eq!(find(&with_terms([1.0, 0.0], against), "conflict"), None);
}

/// Terms that have nothing to do with one another have cosines of either sign.
#[test]
fn a_cosine_that_may_be_chance_is_no_unlearning() {
    let report = |cosine: f64| {
        let term = |name: &str, along: f64| json!({"name": name, "weight": 1.0, "norm": 1.0, "along": along});
        let gradients = json!({
            "batches": 1,
            "terms": [term("soft", 1.0), term("hard", cosine)],
            "cosines": [[1.0, cosine], [cosine, 1.0]],
            "total": 1.0,
            "lost": [],
        });
        let gradients = serde_json::from_value(gradients).expect("a report of gradients");
        Diagnosis::new(2).report().with_gradients(gradients)
    };
    assert_eq!(find(&report(-0.05), "is being unlearnt"), None);
    assert_eq!(find(&report(-0.2), "'hard' is being unlearnt"), Some(Level::Warning));
}

#[test]
fn the_most_pressing_is_first() {
    let levels: Vec<Level> = with_terms([1.0, 0.5], |value| [value.clone(), -value])
        .advice()
        .iter()
        .map(|advice| advice.level)
        .collect();
    assert!(
        levels.is_sorted_by(|first, next| first >= next) && levels.len() > 2,
        "{levels:?}"
    );
}
