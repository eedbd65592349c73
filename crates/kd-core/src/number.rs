//! Numbers that a file must be able to hold: JSON has no NaN and no infinity, so there they are words.
//!
//! ```
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Measured {
//!     #[serde(with = "kd_core::number")]
//!     nll: f64,
//! }
//!
//! let json = serde_json::to_string(&Measured { nll: f64::INFINITY })?;
//! assert_eq!(json, r#"{"nll":"inf"}"#);
//! assert_eq!(serde_json::from_str::<Measured>(&json)?.nll, f64::INFINITY);
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Readable {
    Number(f64),
    Word(String),
}

/// For `#[serde(with = "kd_core::number")]`.
pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if !serializer.is_human_readable() || value.is_finite() {
        value.serialize(serializer)
    } else {
        Readable::Word(value.to_string()).serialize(serializer)
    }
}

/// For `#[serde(with = "kd_core::number")]`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    if !deserializer.is_human_readable() {
        return f64::deserialize(deserializer);
    }
    match Readable::deserialize(deserializer)? {
        Readable::Number(value) => Ok(value),
        Readable::Word(word) => word
            .parse()
            .map_err(|_| serde::de::Error::custom(format!("'{word}' is not a number"))),
    }
}
