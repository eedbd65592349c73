use std::{fs, path::Path};

use kd::{
    Error,
    ensemble::{Boosting, BoostingConfig, weighted_vote},
};
use kd_testkit::{assert_close, device, read, within};
use serde::Deserialize;

use super::rows;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    classes: usize,
    labels: Vec<usize>,
    members: Vec<Vec<usize>>,
    votes: Vec<f64>,
    /// After each member.
    weights: Vec<Vec<f64>>,
    shares: Vec<Vec<f64>>,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/boosting.json");
    let file: File = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(!file.cases.is_empty());
    file.cases
}

fn start(case: &Case) -> Boosting {
    BoostingConfig::new(case.labels.len(), case.classes).init()
}

/// Logits of who says this of each sample.
fn says(case: &Case, said: &[usize]) -> Vec<f64> {
    let row = |class: &usize| {
        (0..case.classes)
            .map(move |k| if k == *class { 1.0 } else { 0.0 })
            .collect::<Vec<_>>()
    };
    said.iter().flat_map(row).collect()
}

#[test]
fn golden() {
    let device = device();
    for case in cases() {
        let mut boosting = start(&case);
        for (member, weights) in case.members.iter().zip(&case.weights) {
            boosting.add(member, &case.labels).unwrap();
            assert_close(
                &format!("{}: weights", case.name),
                &boosting.weights(),
                weights,
                within(1e-12),
            );
        }
        assert_close(
            &format!("{}: votes", case.name),
            boosting.votes(),
            &case.votes,
            within(1e-12),
        );
        let members: Vec<_> = case
            .members
            .iter()
            .map(|said| rows(&says(&case, said), case.classes, &device))
            .collect();
        let shares = read(weighted_vote(&members, boosting.votes()));
        // What devices compute is f32.
        assert_close(
            &format!("{}: shares", case.name),
            &shares,
            &case.shares.concat(),
            within(1e-6),
        );
    }
}

#[test]
fn the_order_of_samples_changes_nothing() {
    for case in cases() {
        let backwards = |classes: &[usize]| classes.iter().rev().copied().collect::<Vec<_>>();
        let (mut boosting, mut reversed) = (start(&case), start(&case));
        for member in &case.members {
            boosting.add(member, &case.labels).unwrap();
            reversed.add(&backwards(member), &backwards(&case.labels)).unwrap();
        }
        let weights: Vec<f64> = reversed.weights().into_iter().rev().collect();
        assert_close("votes", reversed.votes(), boosting.votes(), within(1e-12));
        assert_close("weights", &weights, &boosting.weights(), within(1e-12));
    }
}

#[test]
fn a_run_that_was_saved_goes_on() {
    for case in cases() {
        let mut at_once = start(&case);
        let mut in_parts = start(&case);
        for member in &case.members {
            at_once.add(member, &case.labels).unwrap();
            let file = serde_json::to_string(&in_parts).unwrap();
            in_parts = serde_json::from_str(&file).unwrap();
            in_parts.add(member, &case.labels).unwrap();
        }
        // serde_json reads a number back to its last digit or the one beside it.
        assert_close("votes", in_parts.votes(), at_once.votes(), within(1e-14));
        assert_close("weights", &in_parts.weights(), &at_once.weights(), within(1e-14));
    }
}

#[test]
fn a_file_that_cannot_be_is_refused() {
    for file in [
        r#"{"classes": 1, "least_error": 1e-10, "log_weights": [0.0], "votes": []}"#,
        r#"{"classes": 3, "least_error": 1e-10, "log_weights": [], "votes": []}"#,
        r#"{"classes": 3, "least_error": 0.0, "log_weights": [0.0], "votes": []}"#,
        r#"{"classes": 3, "least_error": 1e-10, "log_weights": [1e300], "votes": []}"#,
        r#"{"classes": 3, "least_error": 1e-10, "log_weights": [0.0]}"#,
    ] {
        assert!(serde_json::from_str::<Boosting>(file).is_err(), "{file}");
    }
}

/// Ten of one class between ten and ten of another, and members that can only tell left from right: none gets more than two
/// thirds, and boosted they get all.
#[test]
fn members_that_see_little_see_all_together() {
    let labels: Vec<usize> = (0..30).map(|x| usize::from((10..20).contains(&x))).collect();
    let stump = |edge: usize, left: usize| {
        (0..30)
            .map(|x| if x < edge { left } else { 1 - left })
            .collect::<Vec<usize>>()
    };
    let right = |says: &[usize]| says.iter().zip(&labels).filter(|(said, label)| said == label).count();
    let stumps: Vec<Vec<usize>> = (0..=30).flat_map(|edge| [stump(edge, 0), stump(edge, 1)]).collect();
    assert_eq!(stumps.iter().map(|says| right(says)).max(), Some(20));

    let mut boosting = BoostingConfig::new(30, 2).init();
    let mut members = Vec::new();
    for _ in 0..3 {
        let weights = boosting.weights();
        let worth = |says: &Vec<usize>| -> f64 { (0..30).filter(|&x| says[x] == labels[x]).map(|x| weights[x]).sum() };
        let best = stumps.iter().max_by(|a, b| worth(a).total_cmp(&worth(b))).unwrap();
        boosting.add(best, &labels).unwrap();
        members.push(best.clone());
    }
    let decided: Vec<usize> = (0..30)
        .map(|x| {
            let for_1: f64 = members
                .iter()
                .zip(boosting.votes())
                .map(|(says, vote)| vote * (says[x] as f64 - 0.5))
                .sum();
            usize::from(for_1 > 0.0)
        })
        .collect();
    assert_eq!(right(&decided), 30);
}

#[test]
fn a_member_no_better_than_chance_is_named_and_changes_nothing() {
    let labels = [0, 1, 2, 3];
    let mut boosting = BoostingConfig::new(4, 4).init();
    boosting.add(&[0, 1, 2, 0], &labels).unwrap();
    let before = boosting.clone();
    for says in [[1, 2, 3, 0], [1, 1, 1, 1]] {
        let error = boosting.add(&says, &labels).unwrap_err();
        assert!(
            matches!(
                error,
                Error::NoBetterThanChance {
                    member: 1,
                    classes: 4,
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(boosting, before);
    }
    // A guess among four classes, of samples that all weigh the same.
    let error = BoostingConfig::new(4, 4)
        .init()
        .add(&[2; 4], &labels)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("Boosting: member 0 errs on 0.750000 of the weight"),
        "{error}"
    );
}

#[test]
fn a_perfect_member_outvotes_a_few_and_lets_the_others_go_on() {
    let labels = [0, 1, 2, 0, 1, 2];
    let mut boosting = BoostingConfig::new(6, 3).init();
    let ordinary = boosting.add(&[0, 1, 2, 0, 1, 1], &labels).unwrap();
    let perfect = boosting.add(&labels, &labels).unwrap();
    assert!(perfect > 5.0 * ordinary && perfect < 24.0);
    assert!(boosting.add(&[0, 1, 2, 0, 0, 2], &labels).is_ok());
}

#[test]
fn values_outside_their_range_are_errors() {
    for (config, message) in [
        (BoostingConfig::new(0, 3), "samples is 0"),
        (BoostingConfig::new(5, 1), "classes is 1"),
        (BoostingConfig::new(5, 3).with_least_error(0.0), "least_error is 0"),
        (BoostingConfig::new(5, 3).with_least_error(0.5), "least_error is 0.5"),
        (
            BoostingConfig::new(5, 3).with_least_error(f64::NAN),
            "least_error is NaN",
        ),
    ] {
        let error = config.try_init().unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
#[should_panic(expected = "Boosting: there are 2 predictions for 3 samples")]
fn each_sample_has_a_prediction() {
    let _ = BoostingConfig::new(3, 2).init().add(&[0, 1], &[0, 1, 0]);
}

#[test]
#[should_panic(expected = "Boosting: of the labels, that of sample 1 is 2, which is not a class")]
fn a_label_is_a_class() {
    let _ = BoostingConfig::new(3, 2).init().add(&[0, 1, 0], &[0, 2, 0]);
}
