//! Numbers that rows are computed in, with elementary functions that compilers can vectorise.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// f32 or f64. Functions are inlined into whatever instruction set the caller was compiled for.
pub(super) trait Real:
    Copy
    + PartialOrd
    + Send
    + Sync
    + Default
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    const NEG_INFINITY: Self;

    fn of(value: f64) -> Self;

    fn into_f64(self) -> f64;

    fn absolute(self) -> Self;

    /// self · factor + addend, in one instruction where the processor has it.
    fn times_plus(self, factor: Self, addend: Self) -> Self;

    /// eˣ for x ≤ 0; 0 where it would be subnormal.
    fn exp(self) -> Self;

    /// ln of a number in [0, 1], whose difference from 1 is known more exactly than the number tells.
    fn ln(self, less_1: Self) -> Self;

    /// (eˣ − 1 − x) / x for |x| < ½, where the difference itself would cancel. Anything for larger x.
    fn excess_per_x(self) -> Self;

    /// `self` where the condition holds, or else `other`: a blend, and no branch.
    #[inline(always)]
    fn or(self, condition: bool, other: Self) -> Self {
        if condition { self } else { other }
    }
}

impl Real for f32 {
    const NEG_INFINITY: Self = f32::NEG_INFINITY;

    #[inline(always)]
    fn of(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn into_f64(self) -> f64 {
        self.into()
    }

    #[inline(always)]
    fn absolute(self) -> Self {
        self.abs()
    }

    #[inline(always)]
    fn times_plus(self, factor: Self, addend: Self) -> Self {
        fused_or_not(self, factor, addend)
    }

    /// 2ᵏ · e^f with |f| ≤ ln 2 / 2, and for e^f the polynomial whose largest relative error is least, 3·10⁻⁹.
    #[inline(always)]
    fn exp(self) -> Self {
        // Adding 1.5 · 2²³ leaves the nearest integer in the low bits of the mantissa.
        const ROUND: f32 = 12_582_912.0;
        let shifted = self.times_plus(std::f32::consts::LOG2_E, ROUND);
        // ln 2 in one part: times k it is off by 2·10⁻⁸ where eˣ is 10⁻⁴, and by more only where it is less.
        let f = (shifted - ROUND).times_plus(-std::f32::consts::LN_2, self);
        let mut sum = 1.381_459_9e-3f32;
        for coefficient in [8.368_717e-3, 4.166_839e-2, 1.666_652_1e-1, 4.999_999_4e-1] {
            sum = sum.times_plus(f, coefficient);
        }
        let power = sum.times_plus(f * f, f) + 1.0;
        // k goes into the exponent.
        let scaled = f32::from_bits(power.to_bits().wrapping_add(shifted.to_bits() << 23));
        0.0f32.or(self < -87.0, scaled)
    }

    /// The polynomial of Cephes' logf, on the given difference where the number needs no scaling.
    #[inline(always)]
    fn ln(self, less_1: Self) -> Self {
        let bits = self.to_bits();
        // The exponent that leaves a mantissa in [√½, √2).
        let exponent = (bits.wrapping_sub(0x3f35_04f3) as i32) >> 23;
        let mantissa = f32::from_bits(bits.wrapping_sub((exponent as u32) << 23));
        let x = less_1.or(exponent == 0, mantissa - 1.0);
        let mut sum = 7.037_683_6e-2f32;
        for coefficient in [
            -1.151_461e-1,
            1.167_699_9e-1,
            -1.242_014_1e-1,
            1.424_932_3e-1,
            -1.666_805_8e-1,
            2.000_071_4e-1,
            -2.499_999_4e-1,
            3.333_333e-1,
        ] {
            sum = sum.times_plus(x, coefficient);
        }
        let k = exponent as f32;
        let logarithm = x * x * (x * sum - 0.5) + k * -2.121_944_4e-4 + x + k * 0.693_359_4;
        // A NaN is not greater than 0, and stays what it is.
        f32::NEG_INFINITY.or(self == 0.0, logarithm.or(self > 0.0, self))
    }

    #[inline(always)]
    fn excess_per_x(self) -> Self {
        // The polynomial whose largest relative error is least, 2·10⁻⁸.
        let mut sum = 1.987_562_9e-4f32;
        for coefficient in [1.398_199_7e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_6e-1, 0.5] {
            sum = sum.times_plus(self, coefficient);
        }
        sum * self
    }
}

/// A processor that has vectors of any use to us has a fused multiplication; WebAssembly has not, and would emulate one.
#[inline(always)]
fn fused_or_not(a: f32, b: f32, c: f32) -> f32 {
    if cfg!(target_family = "wasm") {
        a * b + c
    } else {
        a.mul_add(b, c)
    }
}

impl Real for f64 {
    const NEG_INFINITY: Self = f64::NEG_INFINITY;

    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn into_f64(self) -> f64 {
        self
    }

    #[inline(always)]
    fn absolute(self) -> Self {
        self.abs()
    }

    #[inline(always)]
    fn times_plus(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }

    fn exp(self) -> Self {
        f64::exp(self)
    }

    fn ln(self, less_1: Self) -> Self {
        if less_1 > -0.3 { less_1.ln_1p() } else { f64::ln(self) }
    }

    fn excess_per_x(self) -> Self {
        // Σ xⁿ / (n + 1)!, until the terms are below the resolution at ½.
        let mut sum = 0.0;
        for n in (1..16).rev() {
            sum = (1.0 + sum) * self / (n + 1) as f64;
        }
        sum
    }
}
