//! Sums of log(1 + eˣ) over chosen entries of rows: computed in the type of the numbers, and summed up in f64; the slopes of an
//! entry that was chosen several times in the type of the numbers.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::real::Real;

/// Entries that are worked on side by side: two vectors of AVX-512 in f32.
const LANES: usize = 32;

/// What is chosen of which scores.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a, R, N> {
    /// `[rows, samples]`
    pub scores: &'a [R],
    pub samples: usize,
    /// `[rows, count]`
    pub chosen: &'a [N],
    pub count: usize,
    pub shift: f64,
}

/// A number of a column.
pub(super) trait Column: Copy + Sync {
    fn column(self) -> usize;
}

macro_rules! column {
    ($int:ty) => {
        impl Column for $int {
            #[inline(always)]
            fn column(self) -> usize {
                // A negative one becomes one that there is not.
                usize::try_from(self).unwrap_or(usize::MAX)
            }
        }
    };
}

column!(i32);
column!(i64);

impl<R: Real, N: Column> Chosen<'_, R, N> {
    /// The sum of each row.
    pub fn values(&self) -> Vec<R> {
        let value = |row| {
            Arch::new().dispatch(Value {
                row: self.row(row),
                shift: R::of(self.shift),
            })
        };
        (0..self.scores.len() / self.samples)
            .into_par_iter()
            .map(value)
            .collect()
    }

    /// Writes the gradient for the scores to `place`, where each row's sum counts as much as `above` says.
    pub fn gradient(&self, above: &[R], place: &mut [R]) {
        let rows = place.par_chunks_exact_mut(self.samples).zip(above).enumerate();
        rows.for_each(|(row, (place, &above))| {
            place.fill(R::default());
            // What does not count has no gradient, whatever it is.
            if above != R::default() {
                Arch::new().dispatch(Slope {
                    row: self.row(row),
                    shift: R::of(self.shift),
                    above,
                    place,
                });
            }
        });
    }

    fn row(&self, row: usize) -> Row<'_, R, N> {
        Row {
            scores: &self.scores[row * self.samples..][..self.samples],
            chosen: &self.chosen[row * self.count..][..self.count],
        }
    }
}

#[derive(Clone, Copy)]
struct Row<'a, R, N> {
    scores: &'a [R],
    chosen: &'a [N],
}

impl<R: Real, N: Column> Row<'_, R, N> {
    #[inline(always)]
    fn score(&self, chosen: N) -> R {
        let column = chosen.column();
        let columns = self.scores.len();
        assert!(
            column < columns,
            "softplus_sums: a column is chosen that is none of the {columns}"
        );
        self.scores[column]
    }
}

/// log(1 + eˣ), and its slope.
#[inline(always)]
fn softplus<R: Real>(x: R) -> [R; 2] {
    let zero = R::default();
    let e = (-x.absolute()).exp();
    // 1 / (1 + e), of which e / (1 + e) is missing to 1.
    let larger = R::of(1.0) / (R::of(1.0) + e);
    let smaller = e * larger;
    let value = x.or(x > zero, zero) - larger.ln(-smaller);
    // What is not a number is above nothing, and e of it may be 0.
    let nan = x.or(x.partial_cmp(&x).is_none(), zero);
    [value + nan, larger.or(x > zero, smaller) + nan]
}

/// A row's sum: a type, since all of a closure need not be compiled for the same instructions.
struct Value<'a, R, N> {
    row: Row<'a, R, N>,
    shift: R,
}

impl<R: Real, N: Column> WithSimd for Value<'_, R, N> {
    type Output = R;

    #[inline(always)]
    fn with_simd<I: Simd>(self, _instructions: I) -> R {
        let (chunks, rest) = self.row.chosen.as_chunks::<LANES>();
        let mut total = 0.0;
        for chunk in chunks {
            let mut lanes = [R::default(); LANES];
            for lane in 0..LANES {
                lanes[lane] = self.row.score(chunk[lane]) + self.shift;
            }
            for lane in &mut lanes {
                [*lane, _] = softplus(*lane);
            }
            total += lanes.into_iter().map(Real::into_f64).sum::<f64>();
        }
        let rest = rest.iter().map(|&chosen| {
            let [value, _] = softplus(self.row.score(chosen) + self.shift);
            value.into_f64()
        });
        R::of(total + rest.sum::<f64>())
    }
}

/// The gradient of a row's sum.
struct Slope<'a, 'b, R, N> {
    row: Row<'a, R, N>,
    shift: R,
    above: R,
    /// Of the row, added to.
    place: &'b mut [R],
}

impl<R: Real, N: Column> WithSimd for Slope<'_, '_, R, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<I: Simd>(self, _instructions: I) {
        let (chunks, rest) = self.row.chosen.as_chunks::<LANES>();
        for chunk in chunks {
            let mut lanes = [R::default(); LANES];
            for lane in 0..LANES {
                lanes[lane] = self.row.score(chunk[lane]) + self.shift;
            }
            for lane in &mut lanes {
                let [_, slope] = softplus(*lane);
                *lane = slope * self.above;
            }
            for lane in 0..LANES {
                self.place[chunk[lane].column()] += lanes[lane];
            }
        }
        for &chosen in rest {
            let [_, slope] = softplus(self.row.score(chosen) + self.shift);
            self.place[chosen.column()] += slope * self.above;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softplus_and_its_slope_have_their_digits_at_all_sizes() {
        for x in [-80.0f64, -8.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 8.0, 80.0, 700.0] {
            let expected = [x.max(0.0) + (-x.abs()).exp().ln_1p(), 1.0 / (1.0 + (-x).exp())];
            for (ours, expected) in softplus(x).into_iter().zip(expected) {
                assert!(
                    (ours - expected).abs() <= 1e-15 * expected,
                    "softplus({x}): {ours} {expected}"
                );
            }
            for (ours, expected) in softplus(x as f32).into_iter().zip(expected) {
                let close = (f64::from(ours) - expected).abs() <= 1e-6 * expected;
                assert!(close, "softplus({x}) in f32: {ours} {expected}");
            }
        }
        assert!(softplus(f32::NAN).into_iter().all(f32::is_nan));
    }

    #[test]
    fn what_is_chosen_twice_counts_twice_and_the_rest_not_at_all() {
        let (rows, samples, count) = (3, 50, 70);
        let scores: Vec<f64> = (0..rows * samples)
            .map(|i| (i * 7919 % 101) as f64 / 20.0 - 2.5)
            .collect();
        let chosen: Vec<i32> = (0..rows * count).map(|i| (i * i % 41) as i32).collect();
        let shift = 0.25;
        let all = Chosen {
            scores: &scores,
            samples,
            chosen: &chosen,
            count,
            shift,
        };
        let above = [1.0, 0.0, -2.0];
        let (values, mut gradient) = (all.values(), vec![f64::NAN; rows * samples]);
        all.gradient(&above, &mut gradient);
        for (row, ours) in values.into_iter().enumerate() {
            let (mut value, mut slopes) = (0.0, vec![0.0; samples]);
            for &column in &chosen[row * count..][..count] {
                let x = scores[row * samples + column as usize] + shift;
                value += x.exp().ln_1p();
                slopes[column as usize] += above[row] / (1.0 + (-x).exp());
            }
            assert!((ours - value).abs() < 1e-12 * value);
            for (ours, expected) in gradient[row * samples..].iter().zip(slopes) {
                assert!((ours - expected).abs() < 1e-13, "{ours} {expected}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "softplus_sums: a column is chosen that is none of the 2")]
    fn a_column_that_there_is_not_panics() {
        Chosen {
            scores: &[1.0f32, 2.0],
            samples: 2,
            chosen: &[-1i64],
            count: 1,
            shift: 0.0,
        }
        .values();
    }
}
