//! Values of command-line options that more than one example has.

use std::str::FromStr;

/// A number of epochs.
///
/// # Errors
///
/// What to give instead.
pub fn epochs(text: &str) -> Result<usize, String> {
    at_least_one(
        text,
        "an epoch is one pass over all there is to learn from, and without one nothing is learned",
    )
}

/// A number of seeds.
///
/// # Errors
///
/// What to give instead.
pub fn seeds(text: &str) -> Result<u64, String> {
    at_least_one(text, "each seed is one run of the experiment")
}

/// A number of images.
///
/// # Errors
///
/// What to give instead.
pub fn images(text: &str) -> Result<usize, String> {
    at_least_one(text, "from no image nothing is learned")
}

/// A number of members.
///
/// # Errors
///
/// What to give instead.
pub fn members(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number >= 2);
    number.ok_or_else(|| "give a whole number, at least 2: one network is no ensemble".into())
}

/// A number of anything else.
///
/// # Errors
///
/// What to give instead.
pub fn count(text: &str) -> Result<usize, String> {
    at_least_one(text, "with none there is nothing to learn with")
}

/// How many of something that there need not be.
///
/// # Errors
///
/// What to give instead.
pub fn any_count(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "give a whole number, 0 for none".into())
}

fn at_least_one<N: FromStr + PartialOrd + From<u8>>(text: &str, why: &str) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| *number >= N::from(1));
    number.ok_or_else(|| format!("give a whole number, at least 1: {why}"))
}

/// A temperature.
///
/// # Errors
///
/// What to give instead.
pub fn temperature(text: &str) -> Result<f64, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| {
        "give a finite number above 0: 1 leaves the teacher's probabilities as they are, more softens them".into()
    })
}

/// The teacher's share.
///
/// # Errors
///
/// What to give instead.
pub fn alpha(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "give a number from 0 (labels alone) to 1 (teacher alone)".into())
}

/// The weight of a term.
///
/// # Errors
///
/// What to give instead.
pub fn weight(text: &str) -> Result<f64, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| "give a finite number, at least 0: 0 leaves the term out".into())
}

/// A number of tokens of a text.
///
/// # Errors
///
/// What to give instead.
pub fn tokens(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number >= 3);
    number.ok_or_else(|| "give a whole number, at least 3: two special tokens and one between them".into())
}

/// A learning rate.
///
/// # Errors
///
/// What to give instead.
pub fn learning_rate(text: &str) -> Result<f64, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "give a finite number above 0: 1e-4 is usual for a pretrained transformer".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_answered_with_the_range() {
        assert_eq!((epochs("3"), seeds("1")), (Ok(3), Ok(1)));
        assert_eq!(
            (temperature("0.5"), alpha("1"), weight("0")),
            (Ok(0.5), Ok(1.0), Ok(0.0))
        );
        assert!(epochs("0").is_err() && seeds("-1").is_err() && images("some").is_err());
        assert!(members("1").is_err() && members("2") == Ok(2));
        for bad in ["0", "-1", "NaN", "inf", "warm"] {
            assert!(temperature(bad).unwrap_err().contains("above 0"), "{bad}");
        }
        assert!(alpha("1.5").is_err() && alpha("NaN").is_err());
        assert!(tokens("2").is_err() && tokens("3") == Ok(3));
        assert!(learning_rate("0").is_err() && learning_rate("1e-4") == Ok(1e-4));
        assert!(weight("-1").is_err() && weight("NaN").is_err() && weight("inf").is_err());
    }
}
