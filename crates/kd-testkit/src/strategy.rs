use burn::tensor::Device;
use proptest::{
    collection::vec,
    prelude::{Just, ProptestConfig, Strategy},
    sample::select,
    test_runner::{TestRng, TestRunner},
};

use crate::{Batch, device};

const ROWS: [usize; 5] = [1, 2, 3, 8, 17];
const WIDTHS: [usize; 5] = [2, 3, 10, 16, 47];
/// Each number of rows and each width once: widths that vectors of 4, of 2 and of 1 go into, and from a few numbers to hundreds.
const PAIRS: [(usize, usize); 5] = [(1, 10), (2, 3), (3, 47), (8, 2), (17, 16)];

/// How many values a law is tried on.
const CASES: u32 = 24;
/// The same on another backend than Flex, for laws that say the same of any backend.
const CASES_ELSEWHERE: u32 = 8;

/// Batches of awkward and round sizes, with logits between −8 and 8.
///
/// Every number is a multiple of 1/16, which all four float types hold exactly.
///
/// On Flex each number of rows comes with each width. Elsewhere five pairs stand for all: on a backend that compiles kernels, each new
/// size can mean dozens of new ones.
pub fn whole_batches() -> impl Strategy<Value = Batch> {
    let sizes = if on_flex() {
        (select(&ROWS[..]), select(&WIDTHS[..])).boxed()
    } else {
        select(&PAIRS[..]).boxed()
    };
    sizes.prop_flat_map(batches_of)
}

fn batches_of((rows, width): (usize, usize)) -> impl Strategy<Value = Batch> {
    let logits = || vec((-128..=128).prop_map(|n| f64::from(n) / 16.0), rows * width);
    let labels = vec(0..width, rows);
    (Just(width), logits(), logits(), labels).prop_map(|(width, student, teacher, labels)| Batch {
        width,
        student,
        teacher,
        labels,
    })
}

/// Tries a law on many values, and shows the smallest one that breaks it.
///
/// The values are the same in every run. `PROPTEST_CASES` sets how many; if it is not set there are 24, and 8 where the backend under
/// test is another than Flex: what a law says of a loss is said on Flex, and what it says of a backend needs fewer.
#[track_caller]
pub fn for_each<S: Strategy>(values: S, law: impl Fn(S::Value)) {
    try_on(if on_flex() { CASES } else { CASES_ELSEWHERE }, values, law);
}

/// [`for_each`] with as many values on every backend: for laws of backends.
#[track_caller]
pub(crate) fn for_each_on_any_backend<S: Strategy>(values: S, law: impl Fn(S::Value)) {
    try_on(CASES, values, law);
}

#[track_caller]
fn try_on<S: Strategy>(cases: u32, values: S, law: impl Fn(S::Value)) {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
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

fn on_flex() -> bool {
    device() == Device::flex()
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeSet};

    use super::*;

    #[test]
    fn so_few_cases_have_every_pair() {
        if std::env::var_os("PROPTEST_CASES").is_some() {
            return; // then there are as many as somebody says
        }
        let seen = RefCell::new(BTreeSet::new());
        try_on(CASES_ELSEWHERE, select(&PAIRS[..]).prop_flat_map(batches_of), |batch| {
            seen.borrow_mut().insert((batch.rows(), batch.width));
        });
        assert_eq!(seen.into_inner(), PAIRS.into());
    }
}
