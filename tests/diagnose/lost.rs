//! What has no softmax is named, and in no number.

use kd::diagnose::{Diagnosis, Level, Report};

use crate::rows::{diagnosed, labels, rows};

const GOOD: [[f64; 3]; 2] = [[1.0, 0.0, -1.0], [0.0, 2.0, 1.0]];

/// Of each lost sample that is named: its number, whether it is the student's logits, and whether the teacher's.
fn lost(report: &Report) -> Vec<(u64, bool, bool)> {
    let first = report.lost.first.iter();
    first.map(|lost| (lost.sample, lost.student, lost.teacher)).collect()
}

#[test]
fn they_are_named_and_left_out() {
    let expected = diagnosed(&GOOD, &GOOD, &[0, 1]).report();
    let mut diagnosis = Diagnosis::new(3);
    let (nan, inf) = ([f64::NAN, 0.0, 0.0], [0.0, f64::INFINITY, 0.0]);
    let nothing = [f64::NEG_INFINITY; 3];
    diagnosis.update(
        rows(&[GOOD[0], nan, GOOD[0]]),
        rows(&[GOOD[0], GOOD[0], inf]),
        labels(&[0, 1, 2]),
    );
    diagnosis.update(rows(&[nothing, GOOD[1]]), rows(&[nan, GOOD[1]]), labels(&[0, 1]));
    let report = diagnosis.report();
    assert_eq!(report.samples, 2);
    assert_eq!(report.lost.samples, 3);
    assert_eq!(lost(&report), [(1, true, false), (2, false, true), (3, true, true)]);
    assert_eq!(
        report.lost.to_string(),
        "sample 1 (student), sample 2 (teacher), sample 3 (student and teacher)"
    );
    assert_eq!(report.softness, expected.softness);
    assert_eq!(report.by_class, expected.by_class);
    assert_eq!(report.teacher, expected.teacher);
    let first = &report.advice()[0];
    assert_eq!(first.level, Level::Warning);
    assert!(
        first.text.starts_with("3 of 5 samples are in none of these numbers"),
        "{first}"
    );
    assert!(!report.html("").contains(">NaN"));
}

#[test]
fn of_nothing_but_lost_ones_there_are_no_numbers() {
    let bad = [[f64::NAN, 0.0]; 20];
    let report = diagnosed(&bad, &[[0.0, 1.0]; 20], &[0; 20]).report();
    assert_eq!(
        (report.samples, report.lost.samples, report.lost.first.len()),
        (0, 20, 8)
    );
    assert!(report.softness.is_none() && report.agreement.is_none() && report.teacher.is_none());
    assert!(report.lost.to_string().ends_with("sample 7 (student) and 12 more"));
    let page = report.html("");
    assert!(page.contains("There are no samples to say anything of.") && !page.contains(">NaN"));
}

#[test]
fn merged_ones_are_numbered_after_those_before() {
    let mut all = diagnosed(&GOOD, &GOOD, &[0, 1]);
    all.merge(&diagnosed(&[[f64::NAN; 3], GOOD[0]], &GOOD, &[0, 1]));
    all.update(rows(&GOOD), rows(&[GOOD[0], [f64::NAN; 3]]), None);
    assert_eq!(lost(&all.report()), [(2, true, false), (5, false, true)]);
}

#[test]
fn nothing_at_all_is_said() {
    let report = Diagnosis::new(3).report();
    assert_eq!(report.advice()[0].text, "There are no samples to say anything of.");
}
