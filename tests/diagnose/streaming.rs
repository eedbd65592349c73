//! How samples are cut into batches, and their order, change nothing.

use kd::diagnose::{Diagnosis, Report};
use kd_testkit::{assert_close, within};

use crate::rows::{diagnosed, labels, rows, waved};

const SAMPLES: usize = 23;

fn samples() -> (Vec<[f64; 4]>, Vec<[f64; 4]>, Vec<i32>) {
    let right = (0..SAMPLES).map(|sample| (sample * 7 % 4) as i32).collect();
    (waved(SAMPLES, 0.37), waved(SAMPLES, 0.91), right)
}

/// Every number of a report, but for the counts by class.
fn numbers(report: &Report) -> Vec<f64> {
    let points = report.softness.iter().flat_map(|softness| softness.points.clone());
    let mut numbers: Vec<f64> = points
        .flat_map(|point| [point.entropy, point.beyond, point.second, point.soft])
        .collect();
    let agreement = report.agreement.unwrap();
    numbers.extend([agreement.top_1, agreement.kl]);
    for model in [&report.student, &report.teacher] {
        let scores = model.as_ref().unwrap().scores;
        numbers.extend([scores.accuracy, scores.nll, scores.brier, scores.ece, scores.mce]);
    }
    numbers
}

fn alike(found: &Report, expected: &Report) {
    assert_close("report", &numbers(found), &numbers(expected), within(1e-12));
    assert_eq!(found.by_class, expected.by_class);
    assert_eq!((found.samples, found.labelled), (expected.samples, expected.labelled));
}

#[test]
fn in_pieces_and_merged_is_at_once() {
    let (student, teacher, right) = samples();
    let at_once = diagnosed(&student, &teacher, &right).report();
    for sizes in [vec![SAMPLES], vec![1; SAMPLES], vec![3, 7, 1, 12]] {
        let (mut pieces, mut merged) = (Diagnosis::new(4), Diagnosis::new(4));
        let mut from = 0;
        for size in sizes {
            let piece = from..from + size;
            let (student, teacher) = (&student[piece.clone()], &teacher[piece.clone()]);
            pieces.update(rows(student), rows(teacher), labels(&right[piece.clone()]));
            merged.merge(&diagnosed(student, teacher, &right[piece]));
            from += size;
        }
        alike(&pieces.report(), &at_once);
        alike(&merged.report(), &at_once);
    }
}

#[test]
fn the_order_does_not_matter() {
    let (student, teacher, right) = samples();
    let there = diagnosed(&student, &teacher, &right).report();
    // 5 and 23 have no common divisor.
    let order: Vec<usize> = (0..SAMPLES).map(|sample| sample * 5 % SAMPLES).collect();
    let pick = |rows: &[[f64; 4]]| -> Vec<[f64; 4]> { order.iter().map(|&sample| rows[sample]).collect() };
    let right: Vec<i32> = order.iter().map(|&sample| right[sample]).collect();
    alike(&diagnosed(&pick(&student), &pick(&teacher), &right).report(), &there);
}

#[test]
fn memory_does_not_grow() {
    let (student, teacher, right) = samples();
    let mut diagnosis = diagnosed(&student, &teacher, &right);
    let size = |diagnosis: &Diagnosis| serde_json::to_value(diagnosis).unwrap();
    let shape = |value: &serde_json::Value| value.to_string().matches([',', '{', '[']).count();
    let before = shape(&size(&diagnosis));
    for _ in 0..10 {
        diagnosis.update(rows(&student), rows(&teacher), labels(&right));
    }
    assert_eq!(shape(&size(&diagnosis)), before);
    assert_eq!(diagnosis.report().samples, 11 * SAMPLES as u64);
}
