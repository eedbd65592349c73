//! Numbers as one reads them.

/// A share of 1.
pub(crate) fn percent(share: f64) -> String {
    // What is little is not nothing.
    if share > 0.0 && share < 5e-4 {
        return "<0.1 %".into();
    }
    format!("{:.1} %", 100.0 * share)
}

/// Three digits, and no more zeros than one counts.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    if size.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    // Rounded first, lest 0.9999 and 9.999 get a digit more than 1 and 10.
    let value: f64 = format!("{value:.2e}").parse().expect("a number is a number");
    let size = value.abs();
    let text = if size != 0.0 && !(1e-3..1e5).contains(&size) {
        format!("{value:.2e}")
    } else if size < 1.0 {
        format!("{value:.3}")
    } else if size < 10.0 {
        format!("{value:.2}")
    } else if size < 100.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    };
    text.replacen('-', "−", usize::from(value < 0.0))
}

/// A temperature; whole ones have no decimals.
pub(crate) fn degrees(temperature: f64) -> String {
    if temperature.fract() == 0.0 && temperature < 1e5 {
        format!("{temperature}")
    } else {
        short(temperature)
    }
}

/// How many times.
pub(crate) fn times(ratio: f64) -> String {
    format!("{}×", short(ratio))
}

/// A duration in seconds.
pub(crate) fn seconds(value: f64) -> String {
    if value < 1e-3 {
        format!("{} µs", short(1e6 * value))
    } else if value < 1.0 {
        format!("{} ms", short(1e3 * value))
    } else {
        format!("{} s", short(value))
    }
}

/// What there may not be.
pub(crate) fn or_none<T>(value: Option<T>, words: impl Fn(T) -> String) -> String {
    value.map_or("–".into(), words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let numbers = [0.0, 0.1234, -1.234, 9.999, 0.99999, 123.4, 2e-7, 3.5e9, f64::INFINITY].map(short);
        assert_eq!(
            numbers,
            [
                "0.000", "0.123", "−1.23", "10.0", "1.00", "123", "2.00e-7", "3.50e9", "∞"
            ]
        );
        assert_eq!(
            [0.0, 1e-4, 0.123, 1.0].map(percent),
            ["0.0 %", "<0.1 %", "12.3 %", "100.0 %"]
        );
        assert_eq!([1.0, 32.0, 2f64.sqrt()].map(degrees), ["1", "32", "1.41"]);
        assert_eq!([2e-6, 0.0123, 4.5].map(seconds), ["2.00 µs", "12.3 ms", "4.50 s"]);
    }
}
