//! Squared distances between rows at length 1, and their gradients: computed in f64 and rounded once, as rows at length 1 are.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{
    real::Real,
    unit::{LANES, inverse_length},
};

/// Numbers below which a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 1 << 16;

/// Writes a value for each row, and its gradient for the student's row if there is a place for it. All rows are `width`
/// numbers long, and not empty.
pub(super) fn unit_distances<R: Real>(
    student: &[R],
    teacher: &[R],
    width: usize,
    values: &mut [R],
    gradient: Option<&mut [R]>,
) {
    let some = |student, teacher, values, gradient| {
        Arch::new().dispatch(Rows {
            student,
            teacher,
            width,
            values,
            gradient,
        });
    };
    let threads = rayon::current_num_threads();
    if student.len() < WORTH_A_THREAD || values.len() == 1 || threads == 1 {
        return some(student, teacher, values, gradient);
    }
    // Several shares a thread, so that one which was held up does not hold up all.
    let share = values.len().div_ceil(4 * threads);
    let shares = student
        .par_chunks(share * width)
        .zip(teacher.par_chunks(share * width))
        .zip(values.par_chunks_mut(share));
    match gradient {
        Some(gradient) => shares
            .zip(gradient.par_chunks_mut(share * width))
            .for_each(|(((student, teacher), values), gradient)| some(student, teacher, values, Some(gradient))),
        None => shares.for_each(|((student, teacher), values)| some(student, teacher, values, None)),
    }
}

/// Some rows: a type, since all of a closure need not be compiled for the same instructions.
struct Rows<'a, R> {
    student: &'a [R],
    teacher: &'a [R],
    width: usize,
    values: &'a mut [R],
    gradient: Option<&'a mut [R]>,
}

impl<R: Real> WithSimd for Rows<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<I: Simd>(self, _instructions: I) {
        let teachers = self.teacher.chunks_exact(self.width);
        let rows = self.student.chunks_exact(self.width).zip(teachers);
        let mut gradients = self.gradient.map(|gradient| gradient.chunks_exact_mut(self.width));
        for ((student, teacher), value) in rows.zip(self.values) {
            let pair = Pair::new(student, teacher);
            *value = R::of(pair.squares);
            if let Some(gradient) = gradients.as_mut().and_then(Iterator::next) {
                pair.gradient(gradient);
            }
        }
    }
}

/// A row u of the student and v of the teacher.
struct Pair<'a, R> {
    student: &'a [R],
    teacher: &'a [R],
    /// 1 / ‖student‖, 1 / ‖teacher‖
    inverse: [f64; 2],
    /// ‖u − v‖²
    squares: f64,
    /// ⟨u, u − v⟩
    along: f64,
}

impl<'a, R: Real> Pair<'a, R> {
    #[inline(always)]
    fn new(student: &'a [R], teacher: &'a [R]) -> Self {
        let inverse = [student, teacher].map(inverse_length);
        let ((chunks, rest), (others, others_rest)) = (student.as_chunks::<LANES>(), teacher.as_chunks::<LANES>());
        let (mut squares, mut along) = ([0.0; LANES], [0.0; LANES]);
        for (student, teacher) in chunks.iter().zip(others) {
            for lane in 0..LANES {
                let [u, apart] = difference(student[lane], teacher[lane], inverse);
                squares[lane] += apart * apart;
                along[lane] += u * apart;
            }
        }
        for (lane, (&student, &teacher)) in rest.iter().zip(others_rest).enumerate() {
            let [u, apart] = difference(student, teacher, inverse);
            squares[lane] += apart * apart;
            along[lane] += u * apart;
        }
        Self {
            student,
            teacher,
            inverse,
            squares: squares.into_iter().sum(),
            along: along.into_iter().sum(),
        }
    }

    #[inline(always)]
    fn gradient(&self, place: &mut [R]) {
        let steep = 2.0 * self.inverse[0];
        for ((place, &student), &teacher) in place.iter_mut().zip(self.student).zip(self.teacher) {
            let [u, apart] = difference(student, teacher, self.inverse);
            *place = R::of((apart - u * self.along) * steep);
        }
    }
}

/// u and u − v of a number each.
#[inline(always)]
fn difference<R: Real>(student: R, teacher: R, inverse: [f64; 2]) -> [f64; 2] {
    let u = student.into_f64() * inverse[0];
    [u, u - teacher.into_f64() * inverse[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f64> {
        let number = |i: usize| (i * 7919 + seed) % 1009;
        (0..count).map(|i| number(i) as f64 / 500.0 - 1.0).collect()
    }

    /// Values, and the gradient.
    fn run(student: &[f64], teacher: &[f64], width: usize) -> [Vec<f64>; 2] {
        let mut values = vec![f64::NAN; student.len() / width];
        let mut gradient = vec![f64::NAN; student.len()];
        unit_distances(student, teacher, width, &mut values, Some(&mut gradient));
        let mut alone = vec![f64::NAN; values.len()];
        unit_distances(student, teacher, width, &mut alone, None);
        assert!(values.iter().map(|x| x.to_bits()).eq(alone.iter().map(|x| x.to_bits())));
        [values, gradient]
    }

    #[test]
    fn rows_are_what_they_are_one_by_one() {
        // More than a thread's work, and widths with and without a rest.
        for (rows, width) in [(300, 450), (2100, 32), (1, 5)] {
            let (student, teacher) = (numbers(rows * width, 1), numbers(rows * width, 2));
            let [values, gradient] = run(&student, &teacher, width);
            for (row, value) in values.into_iter().enumerate() {
                let range = row * width..(row + 1) * width;
                let unit = |x: &[f64]| {
                    let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
                    (x.iter().map(|x| x / length).collect::<Vec<_>>(), length)
                };
                let ((u, length), (v, _)) = (unit(&student[range.clone()]), unit(&teacher[range.clone()]));
                let apart: Vec<f64> = u.iter().zip(&v).map(|(u, v)| u - v).collect();
                let along: f64 = u.iter().zip(&apart).map(|(u, apart)| u * apart).sum();
                let squares: f64 = apart.iter().map(|apart| apart * apart).sum();
                assert!((value - squares).abs() < 1e-13, "{value} {squares}");
                for (i, &slope) in gradient[range].iter().enumerate() {
                    assert!((slope - 2.0 * (apart[i] - u[i] * along) / length).abs() < 1e-13);
                }
            }
        }
    }

    #[test]
    fn zeros_are_1_from_all_but_zeros_and_have_no_gradient() {
        let [values, gradient] = run(&[0.0, 0.0, 0.0, 0.0, 3.0, 4.0], &[5.0, 0.0, 0.0, 0.0, 0.0, 0.0], 2);
        assert_eq!(values[1], 0.0);
        assert!((values[0] - 1.0).abs() < 1e-15 && (values[2] - 1.0).abs() < 1e-15);
        assert_eq!(gradient[..4], [0.0; 4]);
        assert!(gradient[4..].iter().all(|slope| slope.abs() < 1e-15), "{gradient:?}");
    }

    #[test]
    fn what_is_no_number_is_in_its_row_alone() {
        for bad in [f64::NAN, f64::INFINITY] {
            let [values, gradient] = run(&[bad, 1.0, 3.0, 4.0], &[1.0; 4], 2);
            assert!(values[0].is_nan() && values[1].is_finite());
            assert!(gradient[0].is_nan() && gradient[2..].iter().all(|slope| slope.is_finite()));
        }
    }
}
