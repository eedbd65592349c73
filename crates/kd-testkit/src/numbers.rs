use burn::tensor::DType;

/// How far a result may be from the truth.
///
/// The error is relative to the largest magnitude in the truth, not to each entry's own: a gradient's small entries are
/// differences of large numbers, and have no more digits than those leave them.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    relative: f64,
    least: f64,
}

/// Within this share of the largest magnitude.
pub fn within(relative: f64) -> Within {
    Within { relative, least: 1e-30 }
}

impl Within {
    /// The largest magnitude counts as no less than `least`: results that nearly vanish, made of numbers of that size.
    pub fn of_at_least(self, least: f64) -> Self {
        Self { least, ..self }
    }
}

/// What a type leaves of a number after the operations of a loss; for half precision, which a loss only reads and
/// writes, the resolution of the type itself.
pub fn resolution(dtype: DType) -> f64 {
    match dtype {
        DType::F64 => 1e-12,
        DType::F16 => 1.0 / 1024.0,
        DType::BF16 => 1.0 / 128.0,
        _ => 1e-6,
    }
}

/// Panics, naming `what`, unless every number is close to the expected one.
///
/// Infinities must be equal, and nothing is close to NaN.
#[track_caller]
pub fn assert_close(what: &str, actual: &[f64], expected: &[f64], within: Within) {
    assert_eq!(actual.len(), expected.len(), "{what}: unequal lengths");
    let finite = expected.iter().filter(|x| x.is_finite());
    let scale = finite.fold(within.least, |scale, x| scale.max(x.abs()));
    for (index, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        let off = (a - e).abs() / scale;
        assert!(
            a == e || off <= within.relative,
            "{what}: entry {index} is {a:e} and not {e:e}; off by {off:e} of the scale {scale:e}, allowed is {:e}",
            within.relative,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_is_close() {
        assert_close("near", &[1.0, 1e-9], &[1.0, 0.0], within(1e-8));
        assert_close("infinite", &[f64::INFINITY], &[f64::INFINITY], within(0.0));
    }

    #[test]
    #[should_panic(expected = "entry 1 is")]
    fn far_is_not_close() {
        assert_close("far", &[1.0, 2.0], &[1.0, 2.1], within(1e-3));
    }

    #[test]
    #[should_panic(expected = "entry 0 is NaN")]
    fn nothing_is_close_to_nan() {
        assert_close("nan", &[f64::NAN], &[f64::NAN], within(1.0));
    }

    #[test]
    #[should_panic(expected = "unequal lengths")]
    fn lengths_count() {
        assert_close("short", &[], &[1.0], within(1.0));
    }
}
