use burn::tensor::DType;

/// How far a result may be from the truth, relative to the largest number in it.
///
/// In half precision that is the resolution of the type itself: losses compute in f32, and only what comes in or goes
/// out is rounded.
pub fn tolerance(dtype: DType) -> f64 {
    match dtype {
        DType::F64 => 1e-12,
        DType::F16 => 1.0 / 1024.0,
        DType::BF16 => 1.0 / 128.0,
        _ => 1e-6,
    }
}

/// Panics, naming `what`, unless each number is within `relative` of the expected one.
///
/// The error is relative to the largest expected magnitude, for a gradient's small entries are differences of large
/// ones. Below `1e-30` it is taken as it is. Infinities must be equal, and nothing is close to NaN.
#[track_caller]
pub fn assert_close(what: &str, actual: &[f64], expected: &[f64], relative: f64) {
    assert_eq!(actual.len(), expected.len(), "{what}: unequal lengths");
    let finite = expected.iter().filter(|x| x.is_finite());
    let scale = finite.fold(1e-30, |scale: f64, x| scale.max(x.abs()));
    for (index, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        let close = a == e || (a - e).abs() <= relative * scale;
        assert!(
            close,
            "{what}: entry {index} is {a:e} and not {e:e}; off by {:e} of the scale {scale:e}, allowed is {relative:e}",
            (a - e).abs() / scale,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_is_close() {
        assert_close("near", &[1.0, 1e-9], &[1.0, 0.0], 1e-8);
        assert_close("infinite", &[f64::INFINITY], &[f64::INFINITY], 0.0);
    }

    #[test]
    #[should_panic(expected = "entry 1 is")]
    fn far_is_not_close() {
        assert_close("far", &[1.0, 2.0], &[1.0, 2.1], 1e-3);
    }

    #[test]
    #[should_panic(expected = "entry 0 is NaN")]
    fn nothing_is_close_to_nan() {
        assert_close("nan", &[f64::NAN], &[f64::NAN], 1.0);
    }

    #[test]
    #[should_panic(expected = "unequal lengths")]
    fn lengths_count() {
        assert_close("short", &[], &[1.0], 1.0);
    }
}
