//! How a student is taught in less memory: a step in pieces, and a teacher of half precision.

use burn::prelude::*;
use burn::tensor::FloatDType;
use clap::{Args, ValueEnum};
use kd_examples::unusable::Unusable;
use kd_examples::values;
use serde::Serialize;

/// How a student is taught in less memory.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Thrift {
    /// Pieces that a step's texts come in, one after the other: less memory, and the same gradient
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = values::count, allow_negative_numbers = true)]
    pub accumulate: usize,
    /// What the teacher computes in: half the memory, and its lessons are rounded
    #[arg(long, value_name = "TYPE", value_enum, default_value = "f32")]
    pub teacher_precision: Precision,
}

impl Default for Thrift {
    fn default() -> Self {
        Self {
            accumulate: 1,
            teacher_precision: Precision::F32,
        }
    }
}

/// What a teacher computes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 24 bits of a number.
    #[value(name = "f32")]
    F32,
    /// 8 bits, and as large and small as f32.
    #[value(name = "bf16")]
    Bf16,
    /// 11 bits, and up to 65,504.
    #[value(name = "f16")]
    F16,
}

impl Precision {
    /// As Burn says it.
    ///
    /// # Errors
    ///
    /// [`Unusable::Precision`] when the device does not compute in it.
    pub fn on(self, device: &Device) -> Result<FloatDType, Unusable> {
        let dtype = match self {
            Self::F32 => FloatDType::F32,
            Self::Bf16 => FloatDType::BF16,
            Self::F16 => FloatDType::F16,
        };
        if device.supports_dtype(dtype) {
            Ok(dtype)
        } else {
            Err(Unusable::Precision {
                precision: format!("{dtype:?}").to_lowercase(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flex_computes_in_all_of_them() {
        for precision in Precision::value_variants() {
            assert!(precision.on(&Device::flex()).is_ok(), "{precision:?}");
        }
    }
}
