//! The angles between samples on two sides: computed in the type of the numbers, and never stored. A sum goes on in f64 after
//! each row of third corners, the products' gradient in the type of the numbers.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::real::Real;

/// Numbers that are worked on side by side: two vectors of AVX2 in f32.
const LANES: usize = 16;
/// Shares of the samples, each of which sums up a gradient of its own: always as many, so that the sum is the same on any
/// number of threads.
const SHARES: usize = 8;

/// The matrices `[batch, batch]` of one side.
#[derive(Clone, Copy)]
struct Side<'a, R> {
    products: &'a [R],
    offsets: &'a [R],
    inverses: &'a [R],
}

impl<'a, R: Real> Side<'a, R> {
    /// Of the three in a row.
    fn new(numbers: &'a [R], batch: usize) -> Self {
        let (products, rest) = numbers.split_at(batch * batch);
        let (offsets, inverses) = rest.split_at(batch * batch);
        Self {
            products,
            offsets,
            inverses,
        }
    }
}

/// Both sides.
#[derive(Clone, Copy)]
pub(super) struct Angles<'a, R> {
    student: Side<'a, R>,
    teacher: Side<'a, R>,
    batch: usize,
}

impl<'a, R: Real> Angles<'a, R> {
    /// Of `[3, batch, batch]` each.
    pub fn new(student: &'a [R], teacher: &'a [R], batch: usize) -> Self {
        assert_eq!(student.len(), 3 * batch * batch);
        assert_eq!(teacher.len(), student.len());
        Self {
            student: Side::new(student, batch),
            teacher: Side::new(teacher, batch),
            batch,
        }
    }

    /// The sum of each sample.
    pub fn values(self) -> Vec<R> {
        let value = |at| Arch::new().dispatch(Value { angles: self, at });
        (0..self.batch).into_par_iter().map(value).collect()
    }

    /// The gradient for the student's three matrices, where each sample's sum counts as much as `above` says.
    pub fn gradient(self, above: &[R]) -> Vec<R> {
        let square = self.batch * self.batch;
        let mut gradient = vec![R::default(); 3 * square];
        let (of_products, rest) = gradient.split_at_mut(square);
        let (of_offsets, of_inverses) = rest.split_at_mut(square);
        let share = self.batch.div_ceil(SHARES);
        let shares = of_offsets
            .par_chunks_mut(share * self.batch)
            .zip(of_inverses.par_chunks_mut(share * self.batch))
            .enumerate();
        let parts: Vec<Vec<R>> = shares
            .map(|(index, (of_offsets, of_inverses))| {
                let mut of_products = vec![R::default(); square];
                let rows = of_offsets
                    .chunks_exact_mut(self.batch)
                    .zip(of_inverses.chunks_exact_mut(self.batch));
                for (at, (of_offsets, of_inverses)) in (index * share..).zip(rows) {
                    // What does not count has no gradient, whatever it is.
                    if above[at] != R::default() {
                        Arch::new().dispatch(Slope {
                            angles: self,
                            at,
                            above: above[at],
                            of_products: &mut of_products,
                            of_offsets,
                            of_inverses,
                        });
                    }
                }
                of_products
            })
            .collect();
        for part in parts {
            for (sum, number) in of_products.iter_mut().zip(part) {
                *sum += number;
            }
        }
        gradient
    }

    /// The angles at a sample of which another is the second corner, a row of third corners.
    #[inline(always)]
    fn row(&self, at: usize, second: usize) -> [Row<'a, R>; 2] {
        let [own, other] = [at, second].map(|index| index * self.batch..(index + 1) * self.batch);
        [self.student, self.teacher].map(|side| {
            let (offsets, inverses) = (&side.offsets[own.clone()], &side.inverses[own.clone()]);
            Row {
                products: &side.products[other.clone()],
                offsets,
                inverses,
                offset: offsets[second],
                inverse: inverses[second],
            }
        })
    }
}

/// The cosines of one side at a sample, with a second corner.
#[derive(Clone, Copy)]
struct Row<'a, R> {
    products: &'a [R],
    offsets: &'a [R],
    inverses: &'a [R],
    /// Those of the second corner.
    offset: R,
    inverse: R,
}

impl<'a, R: Real> Row<'a, R> {
    /// With some of the third corners only.
    #[inline(always)]
    fn narrow<const L: usize>(&self, first: usize) -> Third<'a, R, L> {
        let some =
            |numbers: &'a [R]| -> &'a [R; L] { numbers[first..first + L].try_into().expect("as many as asked for") };
        Third {
            products: some(self.products),
            offsets: some(self.offsets),
            inverses: some(self.inverses),
            offset: self.offset,
            inverse: self.inverse,
        }
    }
}

/// Some third corners.
struct Third<'a, R, const L: usize> {
    products: &'a [R; L],
    offsets: &'a [R; L],
    inverses: &'a [R; L],
    offset: R,
    inverse: R,
}

impl<R: Real, const L: usize> Third<'_, R, L> {
    /// What becomes the cosine when it is multiplied by the second corner's inverse, before and after it is multiplied by the
    /// third's.
    #[inline(always)]
    fn at(&self, lane: usize) -> [R; 2] {
        let along = self.products[lane] - self.offset - self.offsets[lane];
        [along, along * self.inverses[lane]]
    }

    #[inline(always)]
    fn cosine(&self, lane: usize) -> R {
        self.at(lane)[1] * self.inverse
    }
}

/// Cut to [−1, 1]; what is not a number stays that.
#[inline(always)]
fn cut<R: Real>(x: R) -> R {
    let one = R::of(1.0);
    one.or(x > one, (-one).or(x < -one, x))
}

/// The sum of a sample: a type, since all of a closure need not be compiled for the same instructions.
struct Value<'a, R> {
    angles: Angles<'a, R>,
    at: usize,
}

impl<R: Real> WithSimd for Value<'_, R> {
    type Output = R;

    #[inline(always)]
    fn with_simd<I: Simd>(self, _instructions: I) -> R {
        let mut total = 0.0;
        for second in 0..self.angles.batch {
            let rows = self.angles.row(self.at, second);
            let mut first = 0;
            total += sums::<R, LANES>(&rows, &mut first) + sums::<R, 1>(&rows, &mut first);
        }
        R::of(total)
    }
}

/// The sum over as many whole chunks of third corners as are left from the first on, which it moves.
#[inline(always)]
fn sums<R: Real, const L: usize>([student, teacher]: &[Row<'_, R>; 2], first: &mut usize) -> f64 {
    let mut sums = [R::default(); L];
    while *first + L <= student.products.len() {
        let (student, teacher) = (student.narrow::<L>(*first), teacher.narrow::<L>(*first));
        for (lane, sum) in sums.iter_mut().enumerate() {
            let apart = student.cosine(lane) - teacher.cosine(lane);
            let cut = cut(apart);
            *sum += (apart - cut * R::of(0.5)) * cut;
        }
        *first += L;
    }
    sums.into_iter().map(Real::into_f64).sum()
}

/// The gradient of a sample's sum.
struct Slope<'a, 'b, R> {
    angles: Angles<'a, R>,
    at: usize,
    above: R,
    /// `[batch, batch]`, added to
    of_products: &'b mut [R],
    /// The sample's rows, written.
    of_offsets: &'b mut [R],
    of_inverses: &'b mut [R],
}

impl<R: Real> WithSimd for Slope<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<I: Simd>(self, _instructions: I) {
        let batch = self.angles.batch;
        let rows = self.of_products.chunks_exact_mut(batch);
        for (second, of_products) in rows.enumerate() {
            let rows = self.angles.row(self.at, second);
            let mut first = 0;
            let [offset, inverse] = slopes::<R, LANES>(&rows, self.above, of_products, &mut first);
            let [offset_rest, inverse_rest] = slopes::<R, 1>(&rows, self.above, of_products, &mut first);
            // The second and the third corner may change places, so each is half of it.
            self.of_offsets[second] = R::of(-2.0 * (offset + offset_rest));
            self.of_inverses[second] = R::of(2.0 * (inverse + inverse_rest));
        }
    }
}

/// Adds to the products' gradient, and returns the sums of the second corner's: as `sums`, otherwise.
#[inline(always)]
fn slopes<R: Real, const L: usize>(
    [student, teacher]: &[Row<'_, R>; 2],
    above: R,
    of_products: &mut [R],
    first: &mut usize,
) -> [f64; 2] {
    let (mut of_offset, mut of_inverse) = ([R::default(); L], [R::default(); L]);
    while *first + L <= student.products.len() {
        let place: &mut [R; L] = (&mut of_products[*first..*first + L])
            .try_into()
            .expect("as many as asked for");
        let (student, teacher) = (student.narrow::<L>(*first), teacher.narrow::<L>(*first));
        for lane in 0..L {
            let [_, along] = student.at(lane);
            let slope = cut(along * student.inverse - teacher.cosine(lane)) * above;
            let of_along = slope * student.inverse * student.inverses[lane];
            place[lane] += of_along;
            of_offset[lane] += of_along;
            of_inverse[lane] += slope * along;
        }
        *first += L;
    }
    [of_offset, of_inverse].map(|sums| sums.into_iter().map(Real::into_f64).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Symmetric where it has to be.
    fn side(batch: usize, seed: usize) -> Vec<f64> {
        let number = |i: usize| ((i * 7919 + seed * 31) % 1009) as f64 / 500.0 - 1.0;
        let matrix = |part: usize, symmetric: bool| {
            (0..batch * batch).map(move |place| {
                let (row, column) = (place / batch, place % batch);
                let (row, column) = if symmetric && row > column {
                    (column, row)
                } else {
                    (row, column)
                };
                number((part * batch + row) * batch + column)
            })
        };
        matrix(0, true)
            .chain(matrix(1, false))
            .chain(matrix(2, false))
            .collect()
    }

    fn cosine(side: &[f64], batch: usize, [i, j, k]: [usize; 3]) -> f64 {
        let of = |part: usize, row: usize, column: usize| side[(part * batch + row) * batch + column];
        (of(0, j, k) - of(1, i, j) - of(1, i, k)) * of(2, i, j) * of(2, i, k)
    }

    #[test]
    fn values_are_those_of_the_formula() {
        for batch in [1, 3, 16, 37] {
            let (student, teacher) = (side(batch, 1), side(batch, 2));
            let values = Angles::new(&student, &teacher, batch).values();
            for (i, value) in values.into_iter().enumerate() {
                let pairs = (0..batch).flat_map(|j| (0..batch).map(move |k| [i, j, k]));
                let expected: f64 = pairs
                    .map(|at| cosine(&student, batch, at) - cosine(&teacher, batch, at))
                    .map(|apart: f64| {
                        if apart.abs() < 1.0 {
                            apart * apart / 2.0
                        } else {
                            apart.abs() - 0.5
                        }
                    })
                    .sum();
                assert!(
                    (value - expected).abs() < 1e-10 * (1.0 + expected),
                    "{value} {expected}"
                );
            }
        }
    }

    /// By finite differences along the gradient and along a symmetric direction.
    #[test]
    fn the_gradient_is_that_of_the_values() {
        for batch in [1, 3, 19] {
            let (student, teacher) = (side(batch, 1), side(batch, 2));
            let above: Vec<f64> = (0..batch).map(|i| i as f64 - 1.5).collect();
            let total = |student: &[f64]| -> f64 {
                let values = Angles::new(student, &teacher, batch).values();
                values.iter().zip(&above).map(|(value, above)| value * above).sum()
            };
            let gradient = Angles::new(&student, &teacher, batch).gradient(&above);
            for seed in [3, 4] {
                let direction = side(batch, seed);
                let step = 1e-6;
                let moved = |sign: f64| -> Vec<f64> {
                    let pairs = student.iter().zip(&direction);
                    pairs.map(|(x, way)| x + sign * step * way).collect()
                };
                let expected = (total(&moved(1.0)) - total(&moved(-1.0))) / (2.0 * step);
                let slope: f64 = gradient.iter().zip(&direction).map(|(slope, way)| slope * way).sum();
                let close = (slope - expected).abs() < 1e-5 * (1.0 + expected.abs());
                assert!(close, "batch {batch}: {slope} {expected}");
            }
        }
    }

    #[test]
    fn what_does_not_count_has_no_gradient() {
        let (mut student, teacher) = (side(5, 1), side(5, 2));
        // The offsets of the first sample are its alone.
        student[25] = f64::NAN;
        let gradient = Angles::new(&student, &teacher, 5).gradient(&[0.0, 1.0, 1.0, 1.0, 1.0]);
        assert!(gradient.iter().all(|slope| slope.is_finite()));
        assert!(Angles::new(&student, &teacher, 5).values()[0].is_nan());
    }
}
