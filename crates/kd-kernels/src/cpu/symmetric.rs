//! A square matrix plus its transpose.

use std::ops::Add;

/// Rows and columns that are added at once, so that neither leaves the cache before it is used up.
const TILE: usize = 16;

/// Adds its transpose to each of the matrices `[n, n]`, in place.
pub(super) fn add_transposes<N: Copy + Add<Output = N>>(matrices: &mut [N], n: usize) {
    for matrix in matrices.chunks_exact_mut(n * n) {
        for top in (0..n).step_by(TILE) {
            for left in (top..n).step_by(TILE) {
                for i in top..(top + TILE).min(n) {
                    for j in left.max(i)..(left + TILE).min(n) {
                        let sum = matrix[i * n + j] + matrix[j * n + i];
                        matrix[i * n + j] = sum;
                        matrix[j * n + i] = sum;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_gets_its_mirror_image_once() {
        for n in [1, 15, 16, 37] {
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
