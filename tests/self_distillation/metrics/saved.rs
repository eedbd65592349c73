use kd::metrics::{Agreement, Calibration, Report, Scores};
use kd_testkit::{assert_close, device, within};
use serde::{Serialize, de::DeserializeOwned};

use super::{alike, labels, numbers, rows};

fn by_way_of_json<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

#[test]
fn what_was_counted_can_be_saved_and_gone_on_with() {
    let device = device();
    let batch = |shift: f64| rows(&[0.3, 1.0, shift, -0.7, 0.2, 0.1], 3, &device);
    let right = || labels(&[1, 2], &device);

    let (mut scores, mut agreement) = (Scores::with_bins(7), Agreement::top(2));
    scores.update(batch(0.5), right());
    agreement.update(batch(0.5), batch(2.0));
    let (mut saved, mut saved_agreement) = (by_way_of_json(&scores), by_way_of_json(&agreement));
    for (scores, agreement) in [(&mut scores, &mut agreement), (&mut saved, &mut saved_agreement)] {
        scores.update(batch(-1.5), right());
        agreement.update(batch(-1.5), batch(1.0));
    }
    // JSON's numbers may be read one unit in the last place off.
    assert_close("scores", &numbers(&saved), &numbers(&scores), within(1e-15));
    assert_close("agreement", &alike(&saved_agreement), &alike(&agreement), within(1e-15));
}

#[test]
fn a_file_can_hold_what_json_has_no_number_for() {
    let device = device();
    let mut scores = Scores::new();
    // The label is ruled out.
    scores.update(rows(&[f64::NEG_INFINITY, 0.0], 2, &device), labels(&[0], &device));
    let report = scores.report().unwrap();
    assert_eq!(report.nll, f64::INFINITY);
    assert_eq!(by_way_of_json(&report), report);
    assert_eq!(by_way_of_json(&scores), scores);

    scores.update(rows(&[f64::NAN, 0.0], 2, &device), labels(&[0], &device));
    let report: Report = by_way_of_json(&scores.report().unwrap());
    assert!(report.nll.is_nan() && report.accuracy.is_nan() && report.ece.is_nan());
    assert!(by_way_of_json(&scores).report().unwrap().brier.is_nan());
}

#[test]
fn another_word_is_no_number() {
    let json = r#"{"samples":1,"accuracy":"much","nll":0.0,"brier":0.0,"ece":0.0,"mce":0.0}"#;
    let error = serde_json::from_str::<Report>(json).unwrap_err().to_string();
    assert!(error.contains("'much' is not a number"), "{error}");
}

#[test]
fn a_file_without_bins_is_no_calibration() {
    let error = serde_json::from_str::<Calibration>(r#"{"bins":[]}"#)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the number of bins is 0, but must be at least 1"),
        "{error}"
    );
}
