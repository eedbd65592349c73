use proptest::{
    collection::vec,
    prelude::{Just, ProptestConfig, Strategy},
    sample::select,
    test_runner::{TestRng, TestRunner},
};

use crate::Batch;

/// Batches of awkward and round sizes, with logits between −8 and 8.
///
/// Every number is a multiple of 1/16, which all four float types hold exactly.
pub fn whole_batches() -> impl Strategy<Value = Batch> {
    let sizes = (select(&[1, 2, 3, 8, 17][..]), select(&[2, 3, 10, 16, 47][..]));
    sizes.prop_flat_map(|(rows, width)| {
        let logits = || vec((-128..=128).prop_map(|n| f64::from(n) / 16.0), rows * width);
        let labels = vec(0..width, rows);
        (Just(width), logits(), logits(), labels).prop_map(|(width, student, teacher, labels)| Batch {
            width,
            student,
            teacher,
            labels,
        })
    })
}

/// Tries a law on many values, and shows the smallest one that breaks it.
///
/// The values are the same in every run. `PROPTEST_CASES` sets how many (24 if it is not set).
#[track_caller]
pub fn for_each<S: Strategy>(values: S, law: impl Fn(S::Value)) {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 24;
    }
    config.failure_persistence = None;
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let outcome = runner.run(&values, |value| {
        law(value);
        Ok(())
    });
    if let Err(broken) = outcome {
        panic!("{broken}");
    }
}
