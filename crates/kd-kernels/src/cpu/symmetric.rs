//! Symmetric matrices: the products of rows with one another, of which half is the other half's mirror image, and a matrix
//! plus its transpose.

use std::ops::Add;

use gemm::Parallelism;
use rayon::prelude::*;

use super::{
    product::{Matrix, Onto, multiply_within},
    real::Real,
};

/// Rows of products that are one thread's work at a time.
const BLOCK: usize = 64;

/// Rows and columns that are mirrored at once, so that neither leaves the cache before it is used up.
const TILE: usize = 16;

/// Rows from which half the products are enough less work to pay for the mirroring.
pub(super) const WORTH_HALVING: usize = 2 * BLOCK + 1;

/// Writes x · xᵀ, `[n, n]`, for each matrix x, `[n, width]`.
pub(super) fn products<R: Real>(x: &[R], [n, width]: [usize; 2], place: &mut [R]) {
    let matrices = x.chunks_exact(n * width).zip(place.chunks_exact_mut(n * n));
    let blocks = matrices.flat_map(|(x, place)| {
        let x = Matrix::of_rows(x, [n, width]);
        let blocks = place.chunks_mut(BLOCK * n).enumerate();
        // A block of rows has as many columns as it has rows and rows above it: long and short ones by turns.
        outside_in(blocks.map(|(block, place)| (x, block * BLOCK, place)).collect())
    });
    blocks
        .collect::<Vec<_>>()
        .into_par_iter()
        .with_max_len(1)
        .for_each(|(x, start, place)| {
            let end = start + place.len() / n;
            let columns = x.rows(0..end).transposed();
            multiply_within(x.rows(start..end), columns, Onto::Anything, place, n, Parallelism::None);
        });
    place.par_chunks_exact_mut(n * n).for_each(|matrix| {
        for_each_pair(n, |lower, upper| matrix[upper] = matrix[lower]);
    });
}

/// The first, the last, the second, the last but one and so on.
fn outside_in<T>(items: Vec<T>) -> impl Iterator<Item = T> {
    let mut items = std::collections::VecDeque::from(items);
    let mut first = false;
    std::iter::from_fn(move || {
        first = !first;
        if first { items.pop_front() } else { items.pop_back() }
    })
}

/// Adds its transpose to each of the matrices `[n, n]`, in place.
pub(super) fn add_transposes<N: Copy + Add<Output = N>>(matrices: &mut [N], n: usize) {
    for matrix in matrices.chunks_exact_mut((n * n).max(1)) {
        for_each_pair(n, |lower, upper| {
            let sum = matrix[lower] + matrix[upper];
            (matrix[lower], matrix[upper]) = (sum, sum);
        });
    }
}

/// Where each entry of a matrix `[n, n]` that is not above its diagonal stands, and where its mirror image does.
#[inline(always)]
fn for_each_pair(n: usize, mut pair: impl FnMut(usize, usize)) {
    for left in (0..n).step_by(TILE) {
        for top in (left..n).step_by(TILE) {
            for row in top..(top + TILE).min(n) {
                for column in left..(left + TILE).min(row + 1) {
                    pair(row * n + column, column * n + row);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_rows_are_products_of_matrices() {
        // Whole blocks, and a rest.
        for n in [1, BLOCK, WORTH_HALVING, 256, 300] {
            let width = 5;
            // Whole numbers, whose products are exact.
            let x: Vec<f64> = (0..2 * n * width).map(|i| (i * 7919 % 101) as f64 - 50.0).collect();
            let mut place = vec![f64::NAN; 2 * n * n];
            products(&x, [n, width], &mut place);
            for (x, place) in x.chunks(n * width).zip(place.chunks(n * n)) {
                for (i, &product) in place.iter().enumerate() {
                    let row = |row: usize| &x[row * width..(row + 1) * width];
                    let expected: f64 = row(i / n).iter().zip(row(i % n)).map(|(a, b)| a * b).sum();
                    assert_eq!(product, expected);
                }
            }
        }
    }

    #[test]
    fn each_entry_gets_its_mirror_image_once() {
        for n in [0, 1, 15, 16, 37] {
            let matrices: Vec<f64> = (0..2 * n * n).map(|i| (i * 7919 % 1009) as f64).collect();
            let mut sums = matrices.clone();
            add_transposes(&mut sums, n);
            for (i, &sum) in sums.iter().enumerate() {
                let (matrix, row, column) = (i / (n * n), i / n % n, i % n);
                assert_eq!(sum, matrices[i] + matrices[matrix * n * n + column * n + row]);
            }
        }
    }
}
