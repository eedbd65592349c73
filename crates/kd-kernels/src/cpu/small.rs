//! Products of many small matrices, for each of which a call of `gemm` would take longer than the product itself.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::real::Real;

/// Rows and columns that are small.
const SMALL: usize = 64;
/// Multiply-adds of all products together below which a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 1 << 20;
/// Sums of a row that are kept in registers: two vectors of AVX-512 in f32.
const LANES: usize = 32;

/// Whether matrices `[rows, width]` are multiplied here.
pub(super) fn is_small([rows, width]: [usize; 2]) -> bool {
    (1..=SMALL).contains(&rows) && (1..=SMALL).contains(&width)
}

/// Writes x · xᵀ, `[n, n]`, for each matrix x, `[n, width]`.
pub(super) fn products<R: Real>(x: &[R], [n, width]: [usize; 2], place: &mut [R]) {
    let one = |x: &[R], place: &mut [R], columns: &mut Vec<R>| {
        columns.resize(n * width, R::default());
        for (row, numbers) in x.chunks_exact(width).enumerate() {
            for (&number, column) in numbers.iter().zip(columns.chunks_exact_mut(n)) {
                column[row] = number;
            }
        }
        multiply(x, columns, [n, width, n], place);
    };
    each(x, n * width, place, n * n, n * n * width, one);
}

/// Writes s · x, `[n, width]`, for each matrix s, `[n, n]`, and the matrix x, `[n, width]`, of the same place.
pub(super) fn square_times<R: Real>(s: &[R], x: &[R], [n, width]: [usize; 2], place: &mut [R]) {
    let pairs = s.chunks_exact(n * n).zip(x.chunks_exact(n * width));
    let pairs: Vec<(&[R], &[R])> = pairs.collect();
    let one = |pair: &[(&[R], &[R])], place: &mut [R], _: &mut Vec<R>| {
        let (s, x) = pair[0];
        multiply(s, x, [n, n, width], place);
    };
    each(&pairs, 1, place, n * width, n * n * width, one);
}

/// Does `one` for each of the chunks, in shares of several, one a thread; what it takes as its last argument is its to fill.
fn each<I: Sync, R: Real>(
    inputs: &[I],
    input: usize,
    places: &mut [R],
    place: usize,
    work: usize,
    one: impl Fn(&[I], &mut [R], &mut Vec<R>) + Sync,
) {
    let some = |inputs: &[I], places: &mut [R]| {
        let mut room = Vec::new();
        let chunks = inputs.chunks_exact(input).zip(places.chunks_exact_mut(place));
        chunks.for_each(|(input, place)| one(input, place, &mut room));
    };
    let (count, threads) = (places.len() / place, rayon::current_num_threads());
    if count * work < WORTH_A_THREAD || threads == 1 {
        return some(inputs, places);
    }
    // Several shares a thread, so that one which was held up does not hold up all.
    let share = count.div_ceil(4 * threads);
    let shares = inputs
        .par_chunks(share * input)
        .zip(places.par_chunks_mut(share * place));
    shares.for_each(|(inputs, places)| some(inputs, places));
}

/// Writes a · b, `[m, n]`, of a, `[m, k]`, and b, `[k, n]`.
fn multiply<R: Real>(a: &[R], b: &[R], shape: [usize; 3], place: &mut [R]) {
    Arch::new().dispatch(Product { a, b, shape, place });
}

/// A product: a type, since all of a closure need not be compiled for the same instructions.
struct Product<'a, R> {
    a: &'a [R],
    b: &'a [R],
    shape: [usize; 3],
    place: &'a mut [R],
}

impl<R: Real> WithSimd for Product<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<I: Simd>(self, _instructions: I) {
        let [_, k, n] = self.shape;
        for (a, place) in self.a.chunks_exact(k).zip(self.place.chunks_exact_mut(n)) {
            let mut first = 0;
            first = columns::<R, LANES>(a, self.b, place, first);
            first = columns::<R, { LANES / 2 }>(a, self.b, place, first);
            first = columns::<R, { LANES / 4 }>(a, self.b, place, first);
            columns::<R, 1>(a, self.b, place, first);
        }
    }
}

/// Writes the sums of a row for as many columns from the first on as whole chunks of `L` are left, and says where the rest
/// begins.
#[inline(always)]
fn columns<R: Real, const L: usize>(a: &[R], b: &[R], place: &mut [R], mut first: usize) -> usize {
    let n = place.len();
    while first + L <= n {
        let mut sums = [R::default(); L];
        for (&factor, row) in a.iter().zip(b.chunks_exact(n)) {
            let numbers: &[R; L] = row[first..first + L].try_into().expect("as many as there are sums");
            for lane in 0..L {
                sums[lane] = factor.times_plus(numbers[lane], sums[lane]);
            }
        }
        place[first..first + L].copy_from_slice(&sums);
        first += L;
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole numbers, whose products are exact.
    fn numbers(count: usize) -> Vec<f64> {
        (0..count).map(|i| (i * 7919 % 101) as f64 - 50.0).collect()
    }

    #[test]
    fn small_products_are_products_of_matrices() {
        // One share and many; whole chunks, and rests of all sizes.
        for (count, n, width) in [(1, 1, 1), (3, 5, 2), (2, 43, 7), (700, 17, 9), (2, 64, 64)] {
            assert!(is_small([n, width]));
            let x = numbers(count * n * width);
            let mut squares = vec![f64::NAN; count * n * n];
            products(&x, [n, width], &mut squares);
            let mut places = vec![f64::NAN; x.len()];
            square_times(&squares, &x, [n, width], &mut places);
            for matrix in 0..count {
                let x = |row: usize, column: usize| x[(matrix * n + row) * width + column];
                let square = |row: usize, column: usize| squares[(matrix * n + row) * n + column];
                for row in 0..n {
                    for column in 0..n {
                        let expected: f64 = (0..width).map(|k| x(row, k) * x(column, k)).sum();
                        assert_eq!(square(row, column), expected);
                    }
                    for column in 0..width {
                        let expected: f64 = (0..n).map(|k| square(row, k) * x(k, column)).sum();
                        assert_eq!(places[(matrix * n + row) * width + column], expected);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_empty_or_large_is_not_small() {
        for shape in [[0, 3], [3, 0], [SMALL + 1, 3], [3, SMALL + 1]] {
            assert!(!is_small(shape), "{shape:?}");
        }
    }
}
