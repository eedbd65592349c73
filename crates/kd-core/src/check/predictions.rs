//! What predictions must be that were read from a device already, so that the sample at fault can be named.

/// Each sample's label must be a class that exists.
///
/// # Panics
///
/// If a label is not in `0..classes`.
#[track_caller]
pub fn labels_of_samples(owner: &str, labels: &[i64], classes: usize) {
    let fault = labels
        .iter()
        .enumerate()
        .find(|(_, label)| !(0..classes as i64).contains(*label));
    if let Some((sample, label)) = fault {
        panic!(
            "{owner}: the label of sample {sample} is {label}, which is not a class; with {classes} classes labels run \
             from 0 to {}. Are they counted from 1, or is -100 used for padding? Mask padding, and give it any class",
            classes - 1
        );
    }
}

/// Each sample's probabilities must be from 0 to 1, or a thousandth above it, and sum to 1, or to a twentieth more or less: rounding
/// to bf16 does that to a sum, and to no single one.
///
/// NaN passes, as everywhere.
///
/// # Panics
///
/// If they do not.
#[track_caller]
pub fn probs_of_samples(owner: &str, probs: &[f64], classes: usize) {
    for (sample, row) in probs.chunks(classes.max(1)).enumerate() {
        if let Some(negative) = row.iter().find(|&&p| p < 0.0) {
            panic!(
                "{owner}: sample {sample} has a probability of {negative}, below 0; these may be logits: give them as such"
            );
        }
        let sum: f64 = row.iter().sum();
        assert!(
            sum.is_nan() || (0.95..=1.05).contains(&sum),
            "{owner}: the probabilities of sample {sample} sum to {sum} and not to 1; give those of all classes, and \
             logits as logits"
        );
        if let Some(large) = row.iter().find(|&&p| p > 1.001) {
            panic!(
                "{owner}: sample {sample} has a probability of {large}, above 1; divide its probabilities by their sum"
            );
        }
    }
}

/// There must be a class for each sample, one that exists; `what` says in the plural what the classes are.
///
/// # Panics
///
/// If there is not, or one is not below `classes`.
#[track_caller]
pub fn classes_of_samples(owner: &str, what: &str, given: &[usize], samples: usize, classes: usize) {
    assert!(
        given.len() == samples,
        "{owner}: there are {} {what} for {samples} samples; give one for each, in the order of the dataset",
        given.len()
    );
    if let Some((sample, class)) = given.iter().enumerate().find(|(_, class)| **class >= classes) {
        panic!(
            "{owner}: of the {what}, that of sample {sample} is {class}, which is not a class; with {classes} classes they run \
             from 0 to {}. Are they counted from 1?",
            classes - 1
        );
    }
}
