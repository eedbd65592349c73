use std::{fs, path::Path};

use kd::metrics::{Accuracy, Agreement, Predictions, Scores, best_temperature};
use kd_testkit::{assert_close, device, within};
use serde::Deserialize;

use super::{alike, labels, rows};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    batches: Vec<usize>,
    classes: usize,
    bins: usize,
    k: usize,
    student: Vec<f64>,
    teacher: Vec<f64>,
    labels: Vec<usize>,
    accuracy: f64,
    top_k_accuracy: f64,
    nll: f64,
    brier: f64,
    confidence: f64,
    counts: Vec<u64>,
    ece: f64,
    mce: f64,
    agreement: f64,
    kl: f64,
    overlap: f64,
    mass: f64,
    temperature: Option<f64>,
}

/// The host computes in f64 from logits that f32 holds exactly, so a backend has nothing to be inexact in.
const EXACT: f64 = 1e-12;

/// The digits that are promised of a temperature.
const FOUND: f64 = 1e-10;

#[test]
fn golden() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/metrics.json");
    let file: File = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(!file.cases.is_empty());
    let device = device();
    for case in file.cases {
        let mut scores = Scores::with_bins(case.bins);
        let (mut top_k, mut agreement) = (Accuracy::top(case.k), Agreement::top(case.k));
        let mut held_out = Predictions::default();
        let mut begin = 0;
        for samples in case.batches {
            let end = begin + samples;
            let numbers = begin * case.classes..end * case.classes;
            let student = rows(&case.student[numbers.clone()], case.classes, &device);
            let teacher = rows(&case.teacher[numbers], case.classes, &device);
            let labels = labels(&case.labels[begin..end], &device);
            scores.update(student.clone(), labels.clone());
            top_k.update(student.clone(), labels.clone());
            held_out.extend(Predictions::from_logits(student.clone(), labels));
            agreement.update(student, teacher);
            begin = end;
        }
        let report = scores.report().unwrap();
        let each = [
            ("accuracy", report.accuracy, case.accuracy),
            ("top-k accuracy", top_k.value().unwrap(), case.top_k_accuracy),
            ("NLL", report.nll, case.nll),
            ("Brier", report.brier, case.brier),
            ("ECE", report.ece, case.ece),
            ("MCE", report.mce, case.mce),
            (
                "confidence",
                scores.calibration().confidence().unwrap(),
                case.confidence,
            ),
        ];
        for (what, found, expected) in each {
            assert_close(&format!("{}: {what}", case.name), &[found], &[expected], within(EXACT));
        }
        let counts: Vec<u64> = scores.calibration().bins().map(|bin| bin.samples).collect();
        assert_eq!(counts, case.counts, "{}", case.name);
        assert_eq!(report.samples, begin as u64);
        let temperature = best_temperature(&held_out).ok();
        assert_eq!(temperature.is_some(), case.temperature.is_some(), "{}", case.name);
        let what = format!("{}: temperature", case.name);
        let both = [temperature, case.temperature].map(|temperature| temperature.unwrap_or(1.0));
        assert_close(&what, &both[..1], &both[1..], within(FOUND));
        let expected = [case.agreement, case.kl, case.overlap, case.mass];
        let what = format!("{}: agreement", case.name);
        assert_close(&what, &alike(&agreement), &expected, within(EXACT));
    }
}
