//! When two runs are the same.

use kd_testkit::{assert_close, device, within};

/// The same to the bit on Flex, where sums are always added up in the same order.
pub fn assert_same(what: &str, actual: &[Vec<f64>], expected: &[Vec<f64>]) {
    if is("Flex") {
        assert_eq!(actual, expected, "{what}");
    } else {
        assert_near(what, actual, expected);
    }
}

/// The same but for the order of additions. Where a device chooses among kernels from run to run, every step of a training
/// enlarges what they differ by.
pub fn assert_near(what: &str, actual: &[Vec<f64>], expected: &[Vec<f64>]) {
    let relative = if is("Flex") || is("NdArray") { 1e-5 } else { 1e-3 };
    assert_eq!(actual.len(), expected.len(), "{what}");
    for (actual, expected) in actual.iter().zip(expected) {
        assert_close(what, actual, expected, within(relative).of_at_least(1e-2));
    }
}

fn is(backend: &str) -> bool {
    format!("{:?}", device()).contains(backend)
}
