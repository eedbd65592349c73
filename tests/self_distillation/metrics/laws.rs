use burn::tensor::{Device, FloatDType, activation::softmax};
use kd::metrics::{Accuracy, Agreement, Likelihood, Predictions, Scores};
use kd_testkit::{Batch, assert_close, device, for_each, whole_batches, within};

use super::{alike, labels, numbers, rows};

/// Sums in another order.
const ROUNDING: f64 = 1e-12;

fn scored(batch: &Batch, device: &Device) -> Scores {
    let mut scores = Scores::new();
    scores.update(rows(&batch.student, batch.width, device), labels(&batch.labels, device));
    scores
}

fn compared(batch: &Batch, device: &Device) -> Agreement {
    let mut agreement = Agreement::top(2);
    agreement.update(
        rows(&batch.student, batch.width, device),
        rows(&batch.teacher, batch.width, device),
    );
    agreement
}

fn predicted(batch: &Batch, device: &Device) -> Predictions {
    Predictions::from_logits(rows(&batch.student, batch.width, device), labels(&batch.labels, device))
}

#[test]
fn how_samples_are_cut_and_ordered_changes_nothing() {
    let device = device();
    for_each(whole_batches(), |batch| {
        let whole = (numbers(&scored(&batch, &device)), alike(&compared(&batch, &device)));
        let backwards: Vec<usize> = (0..batch.rows()).rev().collect();
        let cut = batch.rows() / 3;
        let parts: Vec<Batch> = [&backwards[..cut], &backwards[cut..]]
            .iter()
            .filter(|rows| !rows.is_empty())
            .map(|rows| batch.select(rows))
            .collect();

        let (mut scores, mut agreement) = (Scores::new(), Agreement::top(2));
        let (mut merged, mut merged_agreement) = (Scores::new(), Agreement::top(2));
        for part in &parts {
            scores.add(&predicted(part, &device));
            agreement.update(
                rows(&part.student, part.width, &device),
                rows(&part.teacher, part.width, &device),
            );
            merged.merge(&scored(part, &device));
            merged_agreement.merge(&compared(part, &device));
        }
        for (scores, agreement) in [(scores, agreement), (merged, merged_agreement)] {
            assert_close("scores", &numbers(&scores), &whole.0, within(ROUNDING));
            assert_close("agreement", &alike(&agreement), &whole.1, within(ROUNDING));
        }
    });
}

#[test]
fn results_are_in_their_range() {
    let device = device();
    for_each(whole_batches(), |batch| {
        let scores = scored(&batch, &device);
        let report = scores.report().unwrap();
        let bias = (report.accuracy - scores.calibration().confidence().unwrap()).abs();
        assert!(bias <= report.ece + ROUNDING && report.ece <= report.mce + ROUNDING && report.mce <= 1.0);
        assert!(report.nll >= 0.0 && (0.0..=2.0).contains(&report.brier));
        let [top_1, kl, overlap, mass] = alike(&compared(&batch, &device))[..] else {
            unreachable!()
        };
        assert!(kl >= 0.0, "{kl}");
        for share in [report.accuracy, top_1, overlap, mass] {
            assert!((0.0..=1.0 + ROUNDING).contains(&share), "{share}");
        }
    });
}

#[test]
fn who_is_certain_and_right_has_no_errors_and_who_is_certain_and_wrong_has_all() {
    let device = device();
    for_each(whole_batches(), |batch| {
        let certain = |off: usize| {
            let mut batch = batch.clone();
            for (row, label) in batch.labels.iter().enumerate() {
                for class in 0..batch.width {
                    let said = class == (label + off) % batch.width;
                    batch.student[row * batch.width + class] = if said { 1000.0 } else { -1000.0 };
                }
            }
            let report = scored(&batch, &device).report().unwrap();
            [report.accuracy, report.nll, report.brier, report.ece, report.mce]
        };
        assert_eq!(certain(0), [1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(certain(1), [0.0, 2000.0, 2.0, 1.0, 1.0]);
    });
}

#[test]
fn who_compares_with_itself_agrees() {
    let device = device();
    for_each(whole_batches(), |batch| {
        let itself = Batch {
            teacher: batch.student.iter().map(|x| x + 5.0).collect(),
            ..batch
        };
        let mut agreement = Agreement::new();
        agreement.update(
            rows(&itself.student, itself.width, &device),
            rows(&itself.teacher, itself.width, &device),
        );
        assert_eq!((agreement.top_1(), agreement.overlap()), (Some(1.0), Some(1.0)));
        assert_eq!(agreement.kl(), Some(0.0));
    });
}

#[test]
fn what_is_masked_does_not_exist() {
    let device = device();
    for_each(whole_batches(), |batch| {
        let spoilt = batch.map(|_| f64::NAN);
        let both = batch.concat(&spoilt);
        let mask: Vec<bool> = (0..both.rows()).map(|row| row < batch.rows()).collect();
        let mask = burn::tensor::Tensor::from_bool(&mask[..], &device);

        let mut scores = Scores::new();
        scores.add(&predicted(&both, &device).masked(mask.clone()));
        assert_eq!(numbers(&scores), numbers(&scored(&batch, &device)));
        let mut agreement = Agreement::top(2);
        agreement.update_masked(
            rows(&both.student, both.width, &device),
            rows(&both.teacher, both.width, &device),
            mask,
        );
        assert_eq!(alike(&agreement), alike(&compared(&batch, &device)));
    });
}

#[test]
fn one_nan_makes_every_result_nan() {
    let device = device();
    for_each(whole_batches(), |mut batch| {
        let last = batch.student.len() - 1;
        batch.student[last] = f64::NAN;
        let report = scored(&batch, &device).report().unwrap();
        let mut top_2 = Accuracy::top(2);
        top_2.add(&predicted(&batch, &device));
        let results = [report.accuracy, report.nll, report.brier, report.ece, report.mce];
        let alike = alike(&compared(&batch, &device));
        for result in results.into_iter().chain(top_2.value()).chain(alike) {
            assert!(result.is_nan(), "{report:?}");
        }
    });
}

#[test]
fn half_precision_is_read_as_it_is() {
    let device = device();
    for_each(whole_batches(), |batch| {
        let logits = rows(&batch.student, batch.width, &device);
        for half in [FloatDType::F16, FloatDType::BF16] {
            if !device.supports_dtype(half) {
                continue;
            }
            let mut scores = Scores::new();
            scores.update(logits.clone().cast(half), labels(&batch.labels, &device));
            assert_eq!(numbers(&scores), numbers(&scored(&batch, &device)));
        }
    });
}

#[test]
fn a_graph_does_not_matter() {
    let device = device();
    for_each(whole_batches(), |batch| {
        let tracked = scored(&batch, &device.clone().autodiff());
        assert_eq!(numbers(&tracked), numbers(&scored(&batch, &device)));
    });
}

#[test]
fn probabilities_say_what_their_logits_say() {
    let device = device();
    for_each(whole_batches(), |batch| {
        let probs = softmax(rows(&batch.student, batch.width, &device), 1);
        let (mut of_logits, mut of_probs) = (Likelihood::new(), Likelihood::new());
        of_logits.add(&predicted(&batch, &device));
        of_probs.add(&Predictions::from_probs(probs, labels(&batch.labels, &device)));
        // What f32 leaves of a probability; down to e⁻¹⁶ it is a normal number.
        let nll = |likelihood: Likelihood| [likelihood.nll().unwrap()];
        assert_close("NLL", &nll(of_probs), &nll(of_logits), within(2e-6).of_at_least(1.0));
    });
}

#[test]
fn a_temperature_divides_the_logits() {
    let device = device();
    for_each(whole_batches(), |batch| {
        for temperature in [0.5, 2.0, 4.0] {
            let (mut softened, mut divided) = (Scores::new(), Scores::new());
            softened.add(&predicted(&batch, &device).softened(temperature));
            divided.add(&predicted(&batch.map(|x| x / temperature), &device));
            let (softened, divided) = (softened.report().unwrap(), divided.report().unwrap());
            let of = |report: kd::metrics::Report| [report.accuracy, report.nll, report.brier];
            assert_close("softened", &of(softened), &of(divided), within(ROUNDING));
        }
    });
}
