//! How good and honest both are is what the metrics say, of samples with labels; without labels it is left out.

use burn::tensor::Device;
use kd::diagnose::Diagnosis;
use kd::metrics::{Agreement, Scores};
use kd_testkit::device;

use crate::rows::{diagnosed, labels, rows, waved};

#[test]
fn they_are_those_of_the_metrics() {
    let (student, teacher) = (waved::<3>(9, 0.4), waved::<3>(9, 1.1));
    let right = [0, 1, 2, 0, 1, 2, 0, 1, 2];
    let report = diagnosed(&student, &teacher, &right).report();
    let scores = |logits: &[[f64; 3]]| {
        let mut scores = Scores::new();
        scores.update(rows(logits), labels(&right));
        scores
    };
    for (found, expected) in [(report.student, scores(&student)), (report.teacher, scores(&teacher))] {
        let found = found.unwrap();
        assert_eq!(found.scores, expected.report().unwrap());
        assert_eq!(&found.calibration, expected.calibration());
    }
    let mut agreement = Agreement::new();
    agreement.update(rows(&student), rows(&teacher));
    let found = report.agreement.unwrap();
    assert_eq!((Some(found.top_1), Some(found.kl)), (agreement.top_1(), agreement.kl()));
}

#[test]
fn without_labels_they_are_left_out_and_that_is_said() {
    let mut diagnosis = Diagnosis::new(3);
    diagnosis.update(rows(&waved::<3>(4, 0.4)), rows(&waved::<3>(4, 1.1)), None);
    let report = diagnosis.report();
    assert_eq!((report.samples, report.labelled), (4, 0));
    assert!(report.student.is_none() && report.teacher.is_none());
    assert!(report.softness.is_some() && report.agreement.is_some());
    let said = report
        .advice()
        .iter()
        .any(|advice| advice.text.starts_with("There are no labels"));
    assert!(said && report.html("").contains("There are no labels"));
}

#[test]
fn of_some_with_labels_it_is_of_those() {
    let (student, teacher) = (waved::<3>(6, 0.4), waved::<3>(6, 1.1));
    let with = diagnosed(&student[..2], &teacher[..2], &[0, 1]).report();
    let mut diagnosis = diagnosed(&student[..2], &teacher[..2], &[0, 1]);
    diagnosis.update(rows(&student[2..]), rows(&teacher[2..]), None);
    let report = diagnosis.report();
    assert_eq!((report.samples, report.labelled), (6, 2));
    assert_eq!(report.teacher, with.teacher);
    let said = report
        .advice()
        .iter()
        .any(|advice| advice.text.contains("of the 2 samples with labels, of 6"));
    assert!(said);
}

#[test]
fn logits_may_be_on_a_graph() {
    let on_graph = |rows: burn::tensor::Tensor<2>, device: &Device| {
        burn::tensor::Tensor::<2>::from_data(rows.into_data(), device).require_grad()
    };
    let (student, teacher) = (waved::<3>(4, 0.4), waved::<3>(4, 1.1));
    let mut diagnosis = Diagnosis::new(3);
    let autodiff = device().autodiff();
    diagnosis.update(
        on_graph(rows(&student), &autodiff),
        rows(&teacher),
        labels(&[0, 1, 2, 0]),
    );
    assert_eq!(diagnosis, diagnosed(&student, &teacher, &[0, 1, 2, 0]));
    diagnosis.update(on_graph(rows(&student), &autodiff), rows(&teacher), None);
    assert_eq!(diagnosis.report().samples, 8);
}
