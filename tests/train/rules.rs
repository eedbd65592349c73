//! When two runs are the same.

use kd_testkit::{assert_close, device, within};

/// The same to the bit where sums are always added up in the same order, which a GPU does not promise.
pub fn assert_same(what: &str, actual: &[Vec<f64>], expected: &[Vec<f64>]) {
    if format!("{:?}", device()).contains("Flex") {
        assert_eq!(actual, expected, "{what}");
    } else {
        assert_near(what, actual, expected);
    }
}

/// The same but for the order of additions.
pub fn assert_near(what: &str, actual: &[Vec<f64>], expected: &[Vec<f64>]) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    for (actual, expected) in actual.iter().zip(expected) {
        assert_close(what, actual, expected, within(1e-5).of_at_least(1e-2));
    }
}
