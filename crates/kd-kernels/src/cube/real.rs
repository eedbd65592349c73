//! Elementary functions of f32, as exact as the type allows.
//!
//! A device's own may be off by several units in the last place, and each by others; these give the same everywhere.

use burn_cubecl::cubecl::{self, prelude::*};

/// eˣ for x ≤ 0; 0 where it would be subnormal.
///
/// 2ᵏ · e^f with |f| ≤ ln 2 / 2, and for e^f the polynomial whose largest relative error is least, 3·10⁻⁹.
#[cube]
pub(super) fn exp(x: f32) -> f32 {
    // What −∞ becomes must still convert to an integer.
    let bounded = select(x < -87.0f32, -87.0f32, x);
    let k = (bounded * std::f32::consts::LOG2_E).round();
    // ln 2 in two parts, the first of so few digits that k times it is exact.
    let f = fma(k, 2.121_944_4e-4f32, fma(k, -0.693_359_4f32, bounded));
    let mut sum = fma(1.381_459_9e-3f32, f, 8.368_717e-3f32);
    sum = fma(sum, f, 4.166_839e-2f32);
    sum = fma(sum, f, 1.666_652_1e-1f32);
    sum = fma(sum, f, 4.999_999_4e-1f32);
    let power = fma(sum, f * f, f) + 1.0f32;
    // k goes into the exponent of 1.
    let scale = f32::reinterpret((i32::cast_from(k) + 127i32) << 23i32);
    let result = select(x < -87.0f32, 0.0f32, power * scale);
    // Compilers for graphics processors make a maximum of the bound above, and that may lose a NaN.
    select(x.is_nan(), x, result)
}

/// ln of a positive number whose difference from 1 is known, maybe more exactly than the number tells; −∞ for 0.
///
/// The polynomial of Cephes' logf, on the given difference where the number needs no scaling.
#[cube]
pub(super) fn ln(number: f32, less_1: f32) -> f32 {
    let bits = i32::reinterpret(number);
    // The exponent that leaves a mantissa in [√½, √2).
    let exponent = (bits - 0x3f35_04f3i32) >> 23i32;
    let mantissa = f32::reinterpret(bits - (exponent << 23i32));
    let x = select(exponent == 0i32, less_1, mantissa - 1.0f32);
    let mut sum = fma(7.037_683_6e-2f32, x, -1.151_461e-1f32);
    sum = fma(sum, x, 1.167_699_9e-1f32);
    sum = fma(sum, x, -1.242_014_1e-1f32);
    sum = fma(sum, x, 1.424_932_3e-1f32);
    sum = fma(sum, x, -1.666_805_8e-1f32);
    sum = fma(sum, x, 2.000_071_4e-1f32);
    sum = fma(sum, x, -2.499_999_4e-1f32);
    sum = fma(sum, x, 3.333_333e-1f32);
    let k = f32::cast_from(exponent);
    let logarithm = x * x * (x * sum - 0.5f32) + k * -2.121_944_4e-4f32 + x + k * 0.693_359_4f32;
    // The sign of 0 keeps shader compilers from finding an infinite constant.
    let result = select(number == 0.0f32, -1.0f32 / number, logarithm);
    select(number.is_nan(), number, result)
}

/// (eˣ − 1 − x) / x for |x| < ½, where the difference itself would cancel. Anything for larger x.
#[cube]
pub(super) fn excess_per_x(x: f32) -> f32 {
    // The polynomial whose largest relative error is least, 2·10⁻⁸.
    let mut sum = fma(1.987_562_9e-4f32, x, 1.398_199_7e-3f32);
    sum = fma(sum, x, 8.333_452e-3f32);
    sum = fma(sum, x, 4.166_579_6e-2f32);
    sum = fma(sum, x, 1.666_666_6e-1f32);
    sum = fma(sum, x, 0.5f32);
    sum * x
}

/// Whether a series in x is more exact than a difference of exponentials.
#[cube]
pub(super) fn is_near(x: f32) -> bool {
    x.abs() < 0.5f32
}
