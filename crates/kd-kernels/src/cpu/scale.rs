//! A row's gradient times what comes from above.

use rayon::prelude::*;

use super::{real::Real, stored::Stored};

/// Numbers below which a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 1 << 15;

/// Multiplies each row by its factor, in place. A row whose factor is 0 becomes 0, even where it was not a number: what
/// does not count has no gradient.
pub(super) fn scale_rows<S: Stored>(rows: &mut [S], classes: usize, factors: &[S::Real]) {
    let scale = |(row, &factor): (&mut [S], &S::Real)| {
        if factor == S::Real::default() {
            row.fill(S::default());
        } else if factor != S::Real::of(1.0) {
            row.iter_mut().for_each(|number| *number = number.times(factor));
        }
    };
    if rows.len() < WORTH_A_THREAD {
        rows.chunks_exact_mut(classes).zip(factors).for_each(scale);
    } else {
        rows.par_chunks_exact_mut(classes).zip(factors).for_each(scale);
    }
}
