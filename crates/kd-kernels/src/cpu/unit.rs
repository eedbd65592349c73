//! Rows brought to length 1, and the gradient of that: computed in f64 and rounded once, for differences of directions are all
//! that losses look at, and a length that is off moves a whole row.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{real::Real, stored::Stored};

/// Numbers below which a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 1 << 17;

/// Numbers that are summed up side by side: four vectors of AVX2 in f64.
pub(super) const LANES: usize = 16;

/// What becomes of the place of each row x.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// It gets y = x / ‖x‖.
    Forward,
    /// It holds dy, and gets (dy − y · ⟨y, dy⟩) / ‖x‖.
    Backward,
}

impl Step {
    /// Takes the step for each row of `x`, `width` numbers long, at its place in `places`.
    pub fn rows<S: Stored>(self, x: &[S], width: usize, places: &mut [S]) {
        assert_eq!(x.len(), places.len(), "each row has a place");
        let rows = |x, places| {
            Arch::new().dispatch(Rows {
                step: self,
                x,
                width,
                places,
            });
        };
        let threads = rayon::current_num_threads();
        if x.len() < WORTH_A_THREAD || x.len() == width || threads == 1 {
            return rows(x, places);
        }
        // Several shares a thread, so that one which was held up does not hold up all.
        let share = (x.len() / width).div_ceil(4 * threads) * width;
        let shares = x.par_chunks(share).zip(places.par_chunks_mut(share));
        shares.for_each(|(x, places)| rows(x, places));
    }
}

/// Some rows: a type, since all of a closure need not be compiled for the same instructions.
struct Rows<'a, S> {
    step: Step,
    x: &'a [S],
    width: usize,
    places: &'a mut [S],
}

impl<S: Stored> WithSimd for Rows<'_, S> {
    type Output = ();

    #[inline(always)]
    fn with_simd<I: Simd>(self, _instructions: I) {
        let (mut of_x, mut of_place) = (Vec::new(), Vec::new());
        let width = self.width.max(1);
        let places = self.places.chunks_exact_mut(width);
        for (x, place) in self.x.chunks_exact(width).zip(places) {
            let x = S::read(x, &mut of_x);
            match self.step {
                Step::Forward => forward(x, S::open(place, &mut of_place)),
                Step::Backward => backward(x, S::edit(place, &mut of_place)),
            }
            S::close(place, &of_place);
        }
    }
}

#[inline(always)]
fn forward<R: Real>(x: &[R], y: &mut [R]) {
    let inverse = inverse_length(x);
    for (y, &x) in y.iter_mut().zip(x) {
        *y = R::of(x.into_f64() * inverse);
    }
}

#[inline(always)]
fn backward<R: Real>(x: &[R], dy: &mut [R]) {
    let inverse = inverse_length(x);
    let along = sum(x, dy, |x, dy| x * inverse * dy);
    for (dy, &x) in dy.iter_mut().zip(x) {
        *dy = R::of((dy.into_f64() - x.into_f64() * inverse * along) * inverse);
    }
}

/// 1 / ‖x‖; 0 where nothing in x is as large as the smallest normal number of f32.
#[inline(always)]
pub(super) fn inverse_length<R: Real>(x: &[R]) -> f64 {
    let squares = sum(x, x, |x, _| x * x);
    // Far from where squares over- or underflow in f64, and so large that something in x is above f32's smallest normal number.
    if (1e-60..1e300).contains(&squares) {
        return squares.sqrt().recip();
    }
    // Brought to size before it is squared, so that nothing over- or underflows in f64 either.
    let peak = peak(x).into_f64();
    let scale = if peak < f32::MIN_POSITIVE.into() {
        0.0
    } else {
        peak.recip()
    };
    let squares = sum(x, x, |x, _| (x * scale) * (x * scale));
    // What is not a number, which `peak` passes over, is in the squares.
    if squares == 0.0 { 0.0 } else { scale / squares.sqrt() }
}

/// The largest magnitude.
#[inline(always)]
fn peak<R: Real>(x: &[R]) -> R {
    let larger = |x: R, peak: R| x.absolute().or(x.absolute() > peak, peak);
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut lanes = [R::default(); LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] = larger(chunk[lane], lanes[lane]);
        }
    }
    let lanes = lanes.iter().chain(rest);
    lanes.fold(R::default(), |peak, &x| larger(x, peak))
}

/// The sum of a term over two rows.
#[inline(always)]
fn sum<R: Real>(a: &[R], b: &[R], term: impl Fn(f64, f64) -> f64) -> f64 {
    let ((a, rest_of_a), (b, rest_of_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            lanes[lane] += term(a[lane].into_f64(), b[lane].into_f64());
        }
    }
    let rest = rest_of_a.iter().zip(rest_of_b);
    let rest = rest.map(|(&a, &b)| term(a.into_f64(), b.into_f64()));
    lanes.into_iter().chain(rest).sum()
}

#[cfg(test)]
mod tests {
    use half::f16;

    use super::*;

    fn both(x: &[f64], above: &[f64], width: usize) -> [Vec<f64>; 2] {
        let (mut y, mut dx) = (vec![f64::NAN; x.len()], above.to_vec());
        Step::Forward.rows(x, width, &mut y);
        Step::Backward.rows(x, width, &mut dx);
        [y, dx]
    }

    #[test]
    fn squares_that_f64_has_no_room_for_are_brought_to_size() {
        for power in [-200, 200] {
            let scale = 10f64.powi(power);
            let mut y = [0.0; 2];
            Step::Forward.rows(&[3.0 * scale, -4.0 * scale], 2, &mut y);
            // So small a number has no reciprocal in f32, and counts as none in f64 too.
            let expected = if power < 0 { [0.0, 0.0] } else { [0.6, -0.8] };
            for (y, expected) in y.iter().zip(expected) {
                assert!((y - expected).abs() < 1e-15, "10^{power}: {y}");
            }
        }
    }

    #[test]
    fn rows_are_what_they_are_one_by_one() {
        // More than a thread's work, and a width with a rest.
        let (rows, width) = (300, 450);
        let numbers = |seed: usize| -> Vec<f64> {
            let number = |i: usize| (i * 7919 + seed) % 1009;
            (0..rows * width).map(|i| number(i) as f64 / 500.0 - 1.0).collect()
        };
        let (x, above) = (numbers(1), numbers(2));
        let [y, dx] = both(&x, &above, width);
        for row in (0..rows).map(|row| row * width..(row + 1) * width) {
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let (x, y, above) = (&x[row.clone()], &y[row.clone()], &above[row.clone()]);
            let length = dot(x, x).sqrt();
            let along = dot(y, above);
            for (i, &dx) in dx[row].iter().enumerate() {
                assert!((y[i] - x[i] / length).abs() < 1e-14);
                assert!((dx - (above[i] - y[i] * along) / length).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn zeros_stay_zeros_and_nothing_is_lost() {
        let zeros = both(&[0.0, 1e-39], &[1.0, 2.0], 2);
        assert_eq!(zeros, [[0.0; 2], [0.0; 2]]);
        for x in [[0.0, f64::NAN], [f64::INFINITY, 1.0], [f64::NAN, 1.0]] {
            assert!(both(&x, &[1.0; 2], 2).iter().flatten().all(|number| number.is_nan()));
        }
    }

    #[test]
    fn half_precision_is_rounded_once() {
        let [x, above] = [[3.0, -4.0, 1.0], [0.5, 2.0, 1.0]];
        let [y, dx] = both(&x, &above, 3);
        let (x, mut place) = (x.map(f16::from_f64), [f16::NAN; 3]);
        Step::Forward.rows(&x, 3, &mut place);
        assert_eq!(place.to_vec(), y.into_iter().map(f16::from_f64).collect::<Vec<_>>());
        let mut place = above.map(f16::from_f64);
        Step::Backward.rows(&x, 3, &mut place);
        assert_eq!(place.to_vec(), dx.into_iter().map(f16::from_f64).collect::<Vec<_>>());
    }

    #[test]
    fn no_numbers_have_no_length() {
        assert_eq!(both(&[], &[], 0), [[0.0; 0], [0.0; 0]]);
    }
}
