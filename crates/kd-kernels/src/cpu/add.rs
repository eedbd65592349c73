//! A part of a sum.

use rayon::prelude::*;

use super::real::Real;

/// Adds `part`, `[rows, columns]`, to the columns of `total`, `[rows, width]`, from `start` on, in place.
pub(super) fn add_columns<R: Real>(total: &mut [R], width: usize, start: usize, part: &[R], columns: usize) {
    let rows = total.par_chunks_exact_mut(width).zip(part.par_chunks_exact(columns));
    rows.for_each(|(total, part)| {
        for (total, &part) in total[start..start + columns].iter_mut().zip(part) {
            *total += part;
        }
    });
}
