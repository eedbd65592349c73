use std::{fs, path::Path};

use burn::tensor::{Device, Int, Tensor};
use kd::ensemble::{Diversity, DiversityReport, MemberTable};
use kd_testkit::{assert_close, device, within};
use serde::Deserialize;

use super::{labels, rows};

type Table = Vec<Vec<Option<f64>>>;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    batches: Vec<usize>,
    classes: usize,
    members: Vec<Vec<f64>>,
    labels: Vec<usize>,
    accuracies: Vec<f64>,
    ensemble_accuracy: f64,
    members_brier: f64,
    ensemble_brier: f64,
    ambiguity: f64,
    disagreement: Table,
    correlation: Table,
    q: Table,
    double_fault: Table,
}

impl Case {
    /// The samples from one to another, of all members.
    fn part(&self, from: usize, to: usize, device: &Device) -> (Vec<Tensor<2>>, Tensor<1, Int>) {
        let numbers = from * self.classes..to * self.classes;
        let members = self
            .members
            .iter()
            .map(|logits| rows(&logits[numbers.clone()], self.classes, device));
        (members.collect(), labels(&self.labels[from..to], device))
    }

    /// In batches of these many samples.
    fn counted(&self, batches: &[usize]) -> Diversity {
        let device = device();
        let mut diversity = Diversity::new(self.members.len());
        let mut from = 0;
        for samples in batches {
            let (members, labels) = self.part(from, from + samples, &device);
            diversity.update(&members, labels);
            from += samples;
        }
        assert_eq!(from, self.labels.len());
        diversity
    }
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/diversity.json");
    let file: File = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(!file.cases.is_empty());
    file.cases
}

/// Every entry; −9 where there is no number, which no measure can be.
fn entries(table: &MemberTable) -> Vec<f64> {
    let members = 0..table.members();
    let pairs = members
        .clone()
        .flat_map(|first| members.clone().map(move |second| (first, second)));
    pairs
        .map(|(first, second)| table.get(first, second).unwrap_or(-9.0))
        .collect()
}

fn tables(report: &DiversityReport) -> [&MemberTable; 4] {
    [
        &report.disagreement,
        &report.correlation,
        &report.q,
        &report.double_fault,
    ]
}

fn totals(report: &DiversityReport) -> Vec<f64> {
    let totals = [
        report.ensemble_accuracy,
        report.members_brier,
        report.ensemble_brier,
        report.ambiguity,
    ];
    totals
        .iter()
        .chain(&report.accuracies)
        .map(|number| number.unwrap())
        .collect()
}

#[test]
fn golden() {
    for case in cases() {
        let report = case.counted(&case.batches).report().unwrap();
        let expected = [
            case.ensemble_accuracy,
            case.members_brier,
            case.ensemble_brier,
            case.ambiguity,
        ];
        let expected: Vec<f64> = expected.into_iter().chain(case.accuracies).collect();
        assert_close(&case.name, &totals(&report), &expected, within(1e-12));
        let expected = [case.disagreement, case.correlation, case.q, case.double_fault];
        for (table, expected) in tables(&report).into_iter().zip(expected) {
            let expected: Vec<f64> = expected
                .concat()
                .into_iter()
                .map(|number| number.unwrap_or(-9.0))
                .collect();
            assert_close(&case.name, &entries(table), &expected, within(1e-12));
        }
        assert_eq!(report.samples as usize, case.labels.len());
        assert!(report.lost.iter().all(|lost| *lost == 0));
    }
}

#[test]
fn batches_change_nothing_and_parts_can_be_merged() {
    for case in cases() {
        let samples = case.labels.len();
        let whole = case.counted(&[samples]);
        let one_by_one = case.counted(&vec![1; samples]);
        let device = device();
        let mut merged = Diversity::new(case.members.len());
        for (from, to) in [(samples / 2, samples), (0, samples / 2)] {
            let (members, labels) = case.part(from, to, &device);
            let mut part = Diversity::new(case.members.len());
            part.update(&members, labels);
            merged.merge(&part);
        }
        let expected = whole.report().unwrap();
        for report in [one_by_one.report().unwrap(), merged.report().unwrap()] {
            // What is counted is the same; what is summed has its rounding.
            assert_eq!(tables(&report), tables(&expected));
            assert_close("totals", &totals(&report), &totals(&expected), within(1e-12));
        }
    }
}

#[test]
fn the_ensemble_is_better_by_the_ambiguity() {
    for case in cases() {
        let report = case.counted(&case.batches).report().unwrap();
        let [members, ensemble, ambiguity] =
            [report.members_brier, report.ensemble_brier, report.ambiguity].map(Option::unwrap);
        assert_close(&case.name, &[members - ambiguity], &[ensemble], within(1e-12));
    }
}

#[test]
fn equal_members_are_one() {
    let case = cases().swap_remove(0);
    let (members, labels) = case.part(0, case.labels.len(), &device());
    let mut diversity = Diversity::new(3);
    diversity.update(&vec![members[0].clone(); 3], labels.clone());
    let report = diversity.report().unwrap();
    assert_eq!(report.disagreement.mean(), Some(0.0));
    assert_close(
        "correlation",
        &[report.correlation.mean().unwrap()],
        &[1.0],
        within(1e-12),
    );
    assert_eq!(
        (report.q.mean(), report.ensemble_accuracy),
        (Some(1.0), report.mean_accuracy())
    );
    assert!(report.ambiguity.unwrap() < 1e-25);

    let mut alone = Diversity::new(1);
    alone.update(&members[..1], labels);
    let alone = alone.report().unwrap();
    assert_eq!(
        (alone.ensemble_accuracy, alone.mean_accuracy()),
        (report.ensemble_accuracy, report.mean_accuracy())
    );
    assert_eq!((alone.disagreement.mean(), alone.ambiguity), (None, Some(0.0)));
}

#[test]
fn the_order_of_members_only_orders_the_tables() {
    let case = cases().swap_remove(0);
    let (mut members, labels) = case.part(0, case.labels.len(), &device());
    let expected = case.counted(&case.batches).report().unwrap();
    members.reverse();
    let mut diversity = Diversity::new(members.len());
    diversity.update(&members, labels);
    let report = diversity.report().unwrap();
    for (table, expected) in tables(&report).into_iter().zip(tables(&expected)) {
        let mut expected = entries(expected);
        expected.reverse();
        assert_eq!(entries(table), expected);
    }
    let together = |report: &DiversityReport| totals(report)[..4].to_vec();
    assert_close("totals", &together(&report), &together(&expected), within(1e-12));
}

#[test]
fn nan_is_found_in_the_member_that_said_it() {
    let case = cases().swap_remove(0);
    let device = device();
    let (mut members, labels) = case.part(0, case.labels.len(), &device);
    let expected = case.counted(&case.batches).report().unwrap();
    let mut numbers = case.members[2].clone();
    numbers[4 * case.classes + 1] = f64::NAN;
    numbers[7 * case.classes..8 * case.classes].fill(f64::NEG_INFINITY);
    members[2] = rows(&numbers, case.classes, &device);
    let mut diversity = Diversity::new(members.len());
    diversity.update(&members, labels);
    let report = diversity.report().unwrap();
    assert_eq!(report.lost, [0, 0, 2, 0, 0]);
    assert!(
        report.to_string().ends_with("; member 2 is NaN for 2 of 39 samples"),
        "{report}"
    );
    assert_eq!(
        (report.ensemble_accuracy, report.ambiguity, report.mean_accuracy()),
        (None, None, None)
    );
    for member in 0..5 {
        assert_eq!(report.disagreement.get(2, member), None);
        assert_eq!(report.accuracies[member].is_none(), member == 2);
    }
    // The others are what they were.
    assert_eq!(report.correlation.get(0, 4), expected.correlation.get(0, 4));
}

#[test]
fn a_count_and_a_report_can_be_saved() {
    for case in cases() {
        let diversity = case.counted(&case.batches);
        let report = diversity.report().unwrap();
        let file = serde_json::to_string(&diversity).unwrap();
        let read: Diversity = serde_json::from_str(&file).unwrap();
        let again = read.report().unwrap();
        assert_eq!(tables(&again), tables(&report));
        assert_close("totals", &totals(&again), &totals(&report), within(1e-14));
        let file = serde_json::to_string(&report).unwrap();
        let read: DiversityReport = serde_json::from_str(&file).unwrap();
        assert_close("totals", &totals(&read), &totals(&report), within(1e-14));
    }
}
