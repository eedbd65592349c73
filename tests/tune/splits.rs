//! Samples: none in two splits, and no score on any but those to validate with.

use std::collections::BTreeSet;

use kd::{
    Error,
    tune::{Score, Splits, Trial},
};
use kd_testkit::for_each;
use proptest::prelude::*;

use crate::making::{grid, journal, search};

fn message(splits: Result<Splits, Error>) -> String {
    splits.unwrap_err().to_string()
}

#[test]
fn a_sample_in_two_splits_is_named() {
    let error = message(Splits::new([5, 3, 1], [2, 3]));
    assert_eq!(
        error,
        "sample 3 is among those to learn from and among those to validate with; take it out of one of them: what a network \
         has learnt from cannot tell how good it is, and what has chosen it cannot either"
    );
    assert!(
        message(Splits::new([5, 3, 3, 1], [5, 3]))
            .contains("sample 3 is among those to learn from and among those to validate with, and so is 1 other;")
    );
    let splits = Splits::new(0..10, 10..20).unwrap();
    let error = message(splits.clone().with_test(5..30));
    assert!(
        error.starts_with("sample 5 is among those to learn from and among those to test with, and so are 4 others")
    );
    let error = message(splits.with_test(15..30));
    assert!(error.starts_with("sample 15 is among those to validate with and among those to test with"));
}

#[test]
fn splits_that_are_none_say_why() {
    assert!(message(Splits::new([], [1])).contains("the number of samples to learn from is 0"));
    assert!(message(Splits::new([1], [])).contains("the number of samples to validate with is 0"));
    assert!(message(Splits::new([1], [2, 2])).starts_with("Splits: sample 2 comes twice among those to validate with"));
    assert!(message(Splits::random(0..5, 5, 1)).contains("to learn from is 0"));
    assert!(message(Splits::random(0..5, 9, 1)).contains("to learn from is 0"));
    assert!(message(Splits::random(0..5, 0, 1)).contains("to validate with is 0"));
}

/// Bags have samples twice.
#[test]
fn a_sample_may_be_learnt_from_twice() {
    assert_eq!(Splits::new([3, 1, 3], [2]).unwrap().learning(), [1, 3, 3]);
}

#[test]
fn a_random_split_loses_nothing() {
    let samples = prop::collection::btree_set(0usize..1000, 2..60);
    for_each((samples, 0.0..1.0f64, any::<u64>()), |(samples, share, seed)| {
        let validation = 1 + ((samples.len() - 2) as f64 * share) as usize;
        let splits = Splits::random(samples.iter().copied(), validation, seed).unwrap();
        assert_eq!(splits.validation().len(), validation);
        let all: BTreeSet<usize> = splits.learning().iter().chain(splits.validation()).copied().collect();
        assert_eq!(all, samples);
        // In whatever order they are given.
        assert_eq!(
            Splits::random(samples.iter().rev().copied(), validation, seed).unwrap(),
            splits
        );
    });
}

#[test]
fn another_seed_draws_others() {
    let drawn = |seed| Splits::random(0..100, 20, seed).unwrap().validation().to_vec();
    assert_ne!(drawn(1), drawn(2));
    assert_ne!(drawn(1), (0..20).collect::<Vec<_>>());
}

/// Runs a search whose trial says that it was scored on these.
fn scored_on(samples: impl Fn(&Trial) -> Vec<usize> + Sync) -> String {
    let (_folder, journal) = journal();
    let search = search(grid(&[1.0], &[0.5]));
    let error = search
        .run(&journal, |trial| Score::new(0.1, samples(trial)))
        .unwrap_err();
    assert!(matches!(error, Error::Trial { .. }));
    error.to_string()
}

#[test]
fn a_score_on_the_test_split_is_refused() {
    let error = scored_on(|trial| trial.validation().iter().copied().chain([17]).collect());
    assert!(error.starts_with(
        "the trial temperature = 1, alpha = 0.5 (seed 1, budget 1) failed: Score: sample 17 is of the test split, by which \
         nothing may be chosen; score trials on `validation()`"
    ), "{error}");
}

#[test]
fn a_score_on_what_was_learnt_or_is_unknown_is_refused() {
    assert!(scored_on(|trial| trial.learning().to_vec()).contains("sample 0 is one that the trial learnt from"));
    assert!(scored_on(|_| vec![10, 11, 99]).contains("sample 99 is in no split"));
}

/// A last batch that is dropped is a common mistake, and makes scores of other samples.
#[test]
fn a_score_on_some_of_them_is_refused() {
    let error = scored_on(|trial| trial.validation()[..3].to_vec());
    assert!(
        error.contains("sample 13 is one of 2 to validate with that were not scored"),
        "{error}"
    );
    assert!(scored_on(|_| vec![]).contains("sample 10 is one of 5 to validate with that were not scored"));
    assert!(scored_on(|_| vec![10, 11, 12, 13, 14, 12]).contains("sample 12 was scored twice"));
}

#[test]
fn in_whatever_order_they_were_scored() {
    let (_folder, journal) = journal();
    let search = search(grid(&[1.0], &[0.5]));
    let tuned = search.run(&journal, |trial| {
        Score::mean(trial.validation().iter().rev().map(|&id| (id, id as f64)))
    });
    assert_eq!(tuned.unwrap().best().unwrap().mean(), Some(12.0));
}
