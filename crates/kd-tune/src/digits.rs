use serde::{Deserialize, Deserializer};

/// The number with 15 significant digits, as many as every f64 holds. Readers of JSON, ours among them, may be off by a rounding
/// in the 17th; of what was kept like this, what is read from a file is what was written to it, bit for bit.
pub(crate) fn kept(value: f64) -> f64 {
    let kept = format!("{value:.14e}").parse().ok();
    // The largest number there is has none above it to be rounded to.
    kept.filter(|kept: &f64| kept.is_finite()).unwrap_or(value)
}

/// For `#[serde(deserialize_with)]`: numbers of a file, as they were kept.
pub(crate) fn many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    Ok(Vec::deserialize(deserializer)?.into_iter().map(kept).collect())
}

/// For `#[serde(deserialize_with)]`: a number of a file, as it was kept, or none.
pub(crate) fn perhaps<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_from_a_file() {
        let mut value = 1e-300;
        while value < 1e300 {
            for value in [kept(value), kept(-value)] {
                let read: f64 = serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap();
                assert_eq!(kept(read).to_bits(), value.to_bits(), "{value:e}");
            }
            value *= 1.234_567_890_123_456_7;
        }
    }

    #[test]
    fn what_people_write_stays() {
        for value in [0.0, 1.0, 0.1, 1e-7, 244.8, 1e22, f64::MAX] {
            assert!((kept(value) / value - 1.0).abs() < 1e-14 || value == 0.0);
        }
        assert_eq!([0.1, 0.7, 3.0, 1e-7].map(kept), [0.1, 0.7, 3.0, 1e-7]);
        assert_eq!(kept(0.1 + 0.2), 0.3);
        assert!(kept(f64::NAN).is_nan() && kept(f64::INFINITY) == f64::INFINITY);
    }
}
