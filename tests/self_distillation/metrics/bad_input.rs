use burn::tensor::{Device, Tensor};
use kd::metrics::{Accuracy, Agreement, Calibration, Predictions, Scores};
use kd_testkit::device;

use super::{labels, rows};

fn three_classes() -> Tensor<2> {
    rows(&[0.0, 1.0, 2.0, 2.0, 1.0, 0.0], 3, &device())
}

#[test]
#[should_panic(expected = "the label of sample 1 is 3, which is not a class; with 3 classes labels run from 0 to 2")]
fn a_label_too_many_names_its_sample() {
    Scores::new().update(three_classes(), labels(&[2, 3], &device()));
}

#[test]
#[should_panic(expected = "the label of sample 0 is -100")]
fn a_label_of_padding_names_its_sample() {
    Scores::new().update(three_classes(), Tensor::from_ints([-100, 0], &device()));
}

#[test]
#[should_panic(expected = "there are 3 labels for 2 rows")]
fn labels_must_be_as_many_as_rows() {
    Scores::new().update(three_classes(), labels(&[0, 1, 2], &device()));
}

#[test]
#[should_panic(expected = "the mask has 3 entries for 2 rows")]
fn a_mask_must_be_as_long_as_the_batch() {
    let mask = Tensor::from_bool([true; 3], &device());
    let _ = Predictions::from_logits(three_classes(), labels(&[0, 1], &device())).masked(mask);
}

#[test]
#[should_panic(expected = "the probabilities of sample 0 sum to 3 and not to 1")]
fn logits_are_not_probabilities() {
    let _ = Predictions::from_probs(three_classes(), labels(&[0, 1], &device()));
}

#[test]
#[should_panic(expected = "sample 1 has a probability of -0.5, below 0")]
fn a_probability_is_not_below_nought() {
    let probs = rows(&[0.25, 0.75, 1.5, -0.5], 2, &device());
    let _ = Predictions::from_probs(probs, labels(&[0, 1], &device()));
}

#[test]
#[should_panic(expected = "sample 1 has a probability of 1.03125, above 1")]
fn a_probability_is_not_above_one() {
    let probs = rows(&[0.25, 0.75, 1.03125, 0.0], 2, &device());
    let _ = Predictions::from_probs(probs, labels(&[0, 1], &device()));
}

/// The next f32 number above 1 is what a softmax may give; nobody is better than certain by it.
#[test]
fn a_probability_above_one_by_rounding_is_one() {
    let probs = rows(&[1.0 + f64::from(f32::EPSILON), 0.0], 2, &device());
    let predictions = Predictions::from_probs(probs, labels(&[0], &device()));
    let (log_probs, _) = predictions.iter().next().unwrap();
    assert_eq!(log_probs, [0.0, f64::NEG_INFINITY]);
}

#[test]
#[should_panic(expected = "they differ at axis 1 (3 against 2)")]
fn a_teacher_has_the_same_classes() {
    Agreement::new().update(three_classes(), rows(&[0.0; 4], 2, &device()));
}

#[test]
#[should_panic(expected = "Accuracy: k is 5, but must be from 1 to the number of classes, 3")]
fn no_more_than_all_classes_are_likeliest() {
    Accuracy::top(5).update(three_classes(), labels(&[0, 1], &device()));
}

#[test]
#[should_panic(expected = "Agreement: k is 4, but must be from 1 to the number of classes, 3")]
fn no_more_than_all_classes_are_compared() {
    Agreement::top(4).update(three_classes(), three_classes());
}

#[test]
#[should_panic(expected = "there are 2 classes in what is added and 3 in what is there")]
fn models_of_other_classes_are_kept_apart() {
    let mut all = Predictions::from_logits(three_classes(), labels(&[0, 1], &device()));
    all.extend(Predictions::from_logits(
        rows(&[0.0; 4], 2, &device()),
        labels(&[0, 1], &device()),
    ));
}

#[test]
fn numbers_from_a_flag_are_errors_and_not_panics() {
    let message = |error: kd::Error| error.to_string();
    assert_eq!(
        Calibration::try_new(0).map_err(message),
        Err("Calibration: the number of bins is 0, but must be at least 1".into())
    );
    assert!(Scores::try_with_bins(0).is_err());
    assert_eq!(
        Accuracy::try_top(0).map_err(message),
        Err("Accuracy: k is 0, but must be at least 1".into())
    );
    assert!(Agreement::try_top(0).is_err());
}

#[test]
fn of_no_samples_there_are_no_results() {
    // On Flex: other devices have no empty tensors.
    let device = Device::flex();
    let (none, no_labels) = (Tensor::<2>::zeros([0, 3], &device), Tensor::zeros([0], &device));
    let (mut scores, mut agreement) = (Scores::new(), Agreement::new());
    scores.update(none.clone(), no_labels);
    agreement.update(none.clone(), none);
    assert_eq!(scores.report(), None);
    assert_eq!(scores.calibration().maximum_error(), None);
    assert_eq!((agreement.top_1(), agreement.kl()), (None, None));
}
