//! What does not fit is refused by words, before anything is counted.

use kd::{
    diagnose::Diagnosis,
    metrics::{Agreement, Predictions},
};

use crate::rows::{diagnosed, labels, rows};

const TWO: [[f64; 3]; 2] = [[1.0, 0.0, 2.0], [0.0, 1.0, 2.0]];

#[test]
#[should_panic(expected = "Diagnosis: the logits have 3 classes, and 4 were said at first")]
fn other_classes_panic() {
    Diagnosis::new(4).update(rows(&TWO), rows(&TWO), None);
}

#[test]
#[should_panic(expected = "Diagnosis: the student has shape [2, 3] and the teacher [2, 2]")]
fn unequal_classes_panic() {
    Diagnosis::new(3).update(rows(&TWO), rows(&[[0.0, 1.0]; 2]), None);
}

#[test]
#[should_panic(expected = "Diagnosis: the batch is empty")]
fn an_empty_batch_panics() {
    Diagnosis::new(3).update(rows::<3>(&[]), rows::<3>(&[]), None);
}

#[test]
#[should_panic(expected = "the label of sample 1 is 3, which is not a class")]
fn a_label_that_is_no_class_panics() {
    Diagnosis::new(3).update(rows(&TWO), rows(&TWO), labels(&[0, 3]));
}

#[test]
#[should_panic(expected = "there are 1 labels for 2 rows")]
fn too_few_labels_panic() {
    Diagnosis::new(3).update(rows(&TWO), rows(&TWO), labels(&[0]));
}

#[test]
fn what_is_refused_is_not_counted() {
    let mut diagnosis = diagnosed(&TWO, &TWO, &[0, 1]);
    let before = diagnosis.clone();
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        diagnosis.update(rows(&TWO), rows(&TWO), labels(&[0, -1]));
    }));
    assert!(refused.is_err());
    assert_eq!(diagnosis, before);
}

#[test]
#[should_panic(expected = "the number of classes is 0, but must be at least 1")]
fn no_classes_panic() {
    let _ = Diagnosis::new(0);
}

#[test]
fn temperatures_are_finite_above_0_and_rising() {
    let refusal = |temperatures: &[f64]| Diagnosis::try_new(3, temperatures).unwrap_err().to_string();
    assert!(refusal(&[]).contains("the number of temperatures is 0"));
    assert!(refusal(&[1.0, 0.0]).contains("temperature is 0"));
    assert!(refusal(&[f64::NAN]).contains("temperature is NaN"));
    assert!(refusal(&[1.0, 2.0, 2.0]).contains("temperature is 2, but must be above the one before it"));
}

#[test]
#[should_panic(expected = "the mass is 0, but must be above 0 and at most 1")]
fn no_mass_panics() {
    let softness = diagnosed(&TWO, &TWO, &[0, 1]).report().softness.unwrap();
    let _ = softness.second_choice_temperature(0.0);
}

#[test]
#[should_panic(
    expected = "Agreement: the student's predictions are [2, 3] samples and classes, and the teacher's [1, 3]"
)]
fn predictions_of_other_samples_are_not_compared() {
    let of = |logits: &[[f64; 3]], right: &[i32]| Predictions::from_logits(rows(logits), labels(right));
    Agreement::new().add(&of(&TWO, &[0, 1]), &of(&TWO[..1], &[0]));
}

#[test]
#[should_panic(expected = "merge what was counted at the same")]
fn other_temperatures_do_not_merge() {
    let mut diagnosis = Diagnosis::new(3);
    diagnosis.merge(&Diagnosis::try_new(3, &[1.0]).unwrap());
}
