//! Everything can be saved, and gone on with.

use kd::diagnose::{Advice, Diagnosis, Report, TermGradients};
use kd_testkit::{assert_close, within};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    page::whole,
    rows::{diagnosed, labels, rows, waved},
};

fn by_way_of_json<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// All numbers in JSON, in their order; they may be read one unit in the last place off.
fn numbers(value: &serde_json::Value) -> Vec<f64> {
    match value {
        serde_json::Value::Number(number) => vec![number.as_f64().unwrap()],
        serde_json::Value::Array(values) => values.iter().flat_map(numbers).collect(),
        serde_json::Value::Object(fields) => fields.values().flat_map(numbers).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_report_comes_back_as_it_was() {
    let report = whole();
    let back: Report = by_way_of_json(&report);
    let of = |report: &Report| numbers(&serde_json::to_value(report).unwrap());
    assert_close("numbers", &of(&back), &of(&report), within(1e-14));
    assert_eq!(back.html("page"), report.html("page"));
    let advice: Vec<Advice> = by_way_of_json(&report.advice());
    assert_eq!(advice, report.advice());
}

#[test]
fn an_infinite_divergence_comes_back_and_is_said() {
    let student = [[0.0, f64::NEG_INFINITY], [1.0, 0.0]];
    let report = diagnosed(&student, &[[0.0, 1.0], [1.0, 0.0]], &[1, 0]).report();
    assert_eq!(report.agreement.unwrap().kl, f64::INFINITY);
    assert_eq!(by_way_of_json(&report).agreement.unwrap().kl, f64::INFINITY);
    assert!(
        report
            .advice()
            .iter()
            .any(|advice| advice.text.contains("its divergence is infinite"))
    );
    assert!(report.html("page").contains("∞"));
}

#[test]
fn a_diagnosis_goes_on_where_it_was() {
    let (student, teacher) = (waved::<3>(8, 0.3), waved::<3>(8, 0.8));
    let right = [0, 1, 2, 0, 1, 2, 0, 1];
    let mut saved: Diagnosis = by_way_of_json(&diagnosed(&student[..5], &teacher[..5], &right[..5]));
    saved.update(rows(&student[5..]), rows(&teacher[5..]), labels(&right[5..]));
    let of = |diagnosis: &Diagnosis| numbers(&serde_json::to_value(diagnosis.report()).unwrap());
    assert_close(
        "numbers",
        &of(&saved),
        &of(&diagnosed(&student, &teacher, &right)),
        within(1e-12),
    );
    assert_eq!(by_way_of_json(&TermGradients::new()), TermGradients::new());
}
