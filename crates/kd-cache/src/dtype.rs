use half::{bf16, f16, slice::HalfFloatSliceExt};
use serde::{Deserialize, Serialize};

/// The type that numbers are kept in.
///
/// Whatever it is, they are served as f32, and what was written in f32 is served with the same digits. A cache keeps all its floats
/// in one type, and a writer that asks for another is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Floats {
    /// As exact as the teacher, for a teacher in f32.
    #[default]
    F32,
    /// Half as large, eleven bits; reaches to 65504.
    F16,
    /// Half as large, eight bits; reaches as far as f32.
    BF16,
}

/// What a column consists of, in the words of safetensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Dtype {
    F32,
    F16,
    BF16,
    I32,
}

/// A column's numbers in memory.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    Floats(Vec<f32>),
    Ints(Vec<i32>),
}

impl Values {
    /// The first number that no student can learn from, and its place. −∞ is none: it rules a class out. +∞ leaves no
    /// probability to any other class, and two of them leave none at all; it is what an overflow says.
    pub fn unteachable(&self) -> Option<(usize, f32)> {
        let Self::Floats(floats) = self else { return None };
        let place = floats.iter().position(|x| x.is_nan() || *x == f32::INFINITY)?;
        Some((place, floats[place]))
    }
}

impl Dtype {
    /// The type in which these are kept.
    pub fn of(values: &Values, floats: Floats) -> Self {
        match values {
            Values::Ints(_) => Self::I32,
            Values::Floats(_) => Self::of_floats(floats),
        }
    }

    pub fn of_floats(floats: Floats) -> Self {
        match floats {
            Floats::F32 => Self::F32,
            Floats::F16 => Self::F16,
            Floats::BF16 => Self::BF16,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
            Self::I32 => "I32",
        }
    }

    pub fn bytes(self) -> usize {
        match self {
            Self::F32 | Self::I32 => 4,
            Self::F16 | Self::BF16 => 2,
        }
    }

    pub fn as_safetensors(self) -> safetensors::Dtype {
        match self {
            Self::F32 => safetensors::Dtype::F32,
            Self::F16 => safetensors::Dtype::F16,
            Self::BF16 => safetensors::Dtype::BF16,
            Self::I32 => safetensors::Dtype::I32,
        }
    }

    /// No numbers yet, with room for some.
    pub fn room(self, count: usize) -> Values {
        match self {
            Self::I32 => Values::Ints(Vec::with_capacity(count)),
            _ => Values::Floats(Vec::with_capacity(count)),
        }
    }

    /// The values as bytes, or the place of the first that would become infinite.
    ///
    /// # Panics
    ///
    /// If the values are of another sort, which a comparison of forms rules out.
    pub fn encode(self, values: &Values) -> Result<Vec<u8>, usize> {
        let floats = match values {
            Values::Floats(floats) => floats,
            Values::Ints(ints) => return Ok(ints.iter().flat_map(|int| int.to_le_bytes()).collect()),
        };
        let lost = |narrowed: f32, exact: f32| narrowed.is_infinite() && exact.is_finite();
        let too_large = match self {
            Self::F16 => floats.iter().position(|&x| lost(f16::from_f32(x).to_f32(), x)),
            Self::BF16 => floats.iter().position(|&x| lost(bf16::from_f32(x).to_f32(), x)),
            Self::F32 | Self::I32 => None,
        };
        match (too_large, self) {
            (Some(place), _) => Err(place),
            (_, Self::F16) => Ok(floats.iter().flat_map(|&x| f16::from_f32(x).to_le_bytes()).collect()),
            (_, Self::BF16) => Ok(floats.iter().flat_map(|&x| bf16::from_f32(x).to_le_bytes()).collect()),
            (_, Self::F32 | Self::I32) => Ok(floats.iter().flat_map(|x| x.to_le_bytes()).collect()),
        }
    }

    /// Puts what the bytes say behind the values.
    pub fn decode(self, bytes: &[u8], values: &mut Values) {
        let (twos, fours) = (bytes.as_chunks::<2>().0, bytes.as_chunks::<4>().0);
        match (self, values) {
            (Self::F32, Values::Floats(floats)) => floats.extend(fours.iter().map(|&b| f32::from_le_bytes(b))),
            (Self::F16, Values::Floats(floats)) => {
                // Asked for one number, `half` looks each time for what the processor can do; a row takes a quarter of the time.
                let halves: Vec<f16> = twos.iter().map(|&b| f16::from_le_bytes(b)).collect();
                let first = floats.len();
                floats.resize(first + halves.len(), 0.0);
                halves.convert_to_f32_slice(&mut floats[first..]);
            }
            (Self::BF16, Values::Floats(floats)) => {
                floats.extend(twos.iter().map(|&b| bf16::from_le_bytes(b).to_f32()));
            }
            (Self::I32, Values::Ints(ints)) => ints.extend(fours.iter().map(|&b| i32::from_le_bytes(b))),
            (dtype, _) => unreachable!("values of another sort than {dtype:?}, which made them"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_rounds_to_nearest_and_keeps_what_is_infinite() {
        let values = Values::Floats(vec![1.0, -0.1, f32::INFINITY, f32::NEG_INFINITY, 3e-6]);
        for (dtype, units) in [
            (Dtype::F32, 0.0),
            (Dtype::F16, 2f32.powi(-11)),
            (Dtype::BF16, 2f32.powi(-9)),
        ] {
            let mut back = dtype.room(5);
            dtype.decode(&dtype.encode(&values).unwrap(), &mut back);
            let (Values::Floats(exact), Values::Floats(back)) = (&values, back) else {
                unreachable!("floats are floats")
            };
            // Below f16's normal numbers the step is fixed, at 2⁻²⁴.
            let near = |(&x, y): (&f32, f32)| x == y || (x - y).abs() <= (x.abs() * units).max(2f32.powi(-25));
            assert!(exact.iter().zip(back).all(near), "{dtype:?}");
        }
    }

    #[test]
    fn what_nobody_learns_from_is_named() {
        let found = |floats: &[f32]| Values::Floats(floats.to_vec()).unteachable();
        assert!(matches!(found(&[0.0, f32::NEG_INFINITY, f32::NAN]), Some((2, value)) if value.is_nan()));
        assert_eq!(found(&[f32::MAX, f32::INFINITY]), Some((1, f32::INFINITY)));
        assert_eq!(found(&[f32::NEG_INFINITY, f32::MIN]), None);
        assert_eq!(Values::Ints(vec![i32::MAX]).unteachable(), None);
    }

    #[test]
    fn what_would_become_infinite_is_named() {
        let values = Values::Floats(vec![0.0, 65504.0, 65520.0, f32::MAX]);
        assert_eq!(Dtype::F16.encode(&values), Err(2));
        assert_eq!(Dtype::BF16.encode(&values), Err(3));
        assert!(Dtype::F32.encode(&values).is_ok());
    }
}
