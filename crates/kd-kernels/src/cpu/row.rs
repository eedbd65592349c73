//! One row: read student and teacher, give the divergence and, if asked, its gradient.
//!
//! Every loop is one of two kinds, since these are what compilers turn into vector instructions: class by class from
//! slices into a slice, or a sum in lanes.

use super::{
    pointwise::{Class, Pointwise, Share},
    real::Real,
};

/// Classes whose values wait in the first cache to be summed up.
const TILE: usize = 512;

/// A divergence below which even slopes that are centred by their formula are centred: they are so small then that the
/// rounding of the sums of exponentials shows in them, and it is the same for all classes.
const NEARLY_EQUAL: f64 = 1e-2;

/// Where a thread keeps a row's exponentials.
#[derive(Default)]
pub(super) struct Scratch<R> {
    student: Vec<R>,
    teacher: Vec<R>,
}

/// The divergence of one row, and the gradient for the student's logits if there is a place for it.
///
/// Three passes, of which only the first meets the row for the first time: largest logits, sums of exponentials, shares of
/// the classes. Slopes that have to be centred need a fourth.
#[inline(always)]
pub(super) fn row<R: Real, D: Pointwise<R>>(
    divergence: D,
    inverse_temperature: R,
    student: &[R],
    teacher: &[R],
    gradient: Option<&mut [R]>,
    scratch: &mut Scratch<R>,
) -> R {
    let rows = Softened::new(student, teacher, inverse_temperature, scratch);
    let mut values = [R::default(); TILE];
    let (mut value, mut slope) = (0.0, 0.0);
    match gradient {
        None => {
            let mut ignored = [R::default(); TILE];
            for start in (0..student.len()).step_by(TILE) {
                let classes = TILE.min(student.len() - start);
                let values = &mut values[..classes];
                rows.shares(divergence, start, values, &mut ignored[..classes]);
                value += sum(values);
            }
        }
        Some(gradient) => {
            for start in (0..student.len()).step_by(TILE) {
                let classes = TILE.min(student.len() - start);
                let (values, slopes) = (&mut values[..classes], &mut gradient[start..start + classes]);
                rows.shares(divergence, start, values, slopes);
                value += sum(values);
                if D::CENTRED {
                    for slope in slopes {
                        *slope = *slope * inverse_temperature;
                    }
                } else {
                    slope += sum(slopes);
                }
            }
            if !D::CENTRED {
                rows.centre(gradient, slope, inverse_temperature);
            } else if value < NEARLY_EQUAL {
                rows.centre(gradient, sum(gradient), R::of(1.0));
            }
        }
    }
    R::of(value)
}

/// Both rows as distributions.
struct Softened<'a, R> {
    student: &'a [R],
    teacher: &'a [R],
    /// exp((z − max) / T).
    student_exp: &'a [R],
    teacher_exp: &'a [R],
    /// 1 / Σ exp((z − max) / T).
    student_inverse_sum: R,
    teacher_inverse_sum: R,
    student_largest: R,
    teacher_largest: R,
    /// log Σ exp((z − max) / T) of the student less that of the teacher.
    between_sums: R,
    /// log Σ exp((z − max) / T) of the student.
    log_sum: R,
    inverse_temperature: R,
}

impl<'a, R: Real> Softened<'a, R> {
    #[inline(always)]
    fn new(student: &'a [R], teacher: &'a [R], inverse_temperature: R, scratch: &'a mut Scratch<R>) -> Self {
        let (s_largest, s_sum) = exponentials(student, inverse_temperature, &mut scratch.student);
        let (t_largest, t_sum) = exponentials(teacher, inverse_temperature, &mut scratch.teacher);
        Self {
            student,
            teacher,
            student_exp: &scratch.student,
            teacher_exp: &scratch.teacher,
            student_inverse_sum: R::of(s_sum.recip()),
            teacher_inverse_sum: R::of(t_sum.recip()),
            student_largest: s_largest,
            teacher_largest: t_largest,
            between_sums: R::of(s_sum.ln() - t_sum.ln()),
            log_sum: R::of(s_sum.ln()),
            inverse_temperature,
        }
    }

    /// What the classes from `start` on add: values and slopes.
    #[inline(always)]
    fn shares<D: Pointwise<R>>(&self, divergence: D, start: usize, values: &mut [R], slopes: &mut [R]) {
        let classes = values.len();
        let slopes = &mut slopes[..classes];
        let (student, teacher) = (&self.student[start..][..classes], &self.teacher[start..][..classes]);
        let (s_exp, t_exp) = (
            &self.student_exp[start..][..classes],
            &self.teacher_exp[start..][..classes],
        );
        for i in 0..classes {
            let (s, t) = (student[i], teacher[i]);
            let Share { value, slope } = divergence.at(Class {
                p: t_exp[i] * self.teacher_inverse_sum,
                q: s_exp[i] * self.student_inverse_sum,
                log_ratio: self
                    .apart(s, t)
                    .times_plus(self.inverse_temperature, -self.between_sums),
                log_q: (s - self.student_largest) * self.inverse_temperature - self.log_sum,
            });
            values[i] = value;
            slopes[i] = slope;
        }
    }

    /// How far the student's logit is from the teacher's, each taken from the largest of its row.
    #[inline(always)]
    fn apart(&self, s: R, t: R) -> R {
        // Where the rows nearly agree the logits do, and then their difference is exact. Where the largest are far apart
        // they are taken off first, since the difference of numbers of unequal size is rounded as the larger one is.
        let between_largest = self.student_largest - self.teacher_largest;
        let near = (s - t) - between_largest;
        let far = (s - self.student_largest) - (t - self.teacher_largest);
        // −∞ − (−∞) is not a number, but of a class absent from both nothing is asked.
        let apart = near.or(between_largest.absolute() < R::of(1.0), far);
        (-between_largest).or(s == t, apart)
    }

    /// Takes its share of their sum off each slope, and multiplies what is left.
    #[inline(always)]
    fn centre(&self, slopes: &mut [R], sum: f64, factor: R) {
        let of_exp = self.student_inverse_sum * R::of(sum);
        for (slope, &s_exp) in slopes.iter_mut().zip(self.student_exp) {
            *slope = (*slope - s_exp * of_exp) * factor;
        }
    }
}

/// Writes exp((z − max) / T), and gives the maximum and the sum.
#[inline(always)]
fn exponentials<R: Real>(row: &[R], inverse_temperature: R, space: &mut Vec<R>) -> (R, f64) {
    let largest = max(row);
    space.resize(row.len(), R::default());
    for (exponential, &z) in space.iter_mut().zip(row) {
        *exponential = ((z - largest) * inverse_temperature).exp();
    }
    (largest, sum(space))
}

/// Numbers that are reduced side by side: two vectors of AVX2.
const LANES: usize = 16;

#[inline(always)]
fn max<R: Real>(numbers: &[R]) -> R {
    let larger = |a: R, b: R| a.or(a > b, b);
    let (chunks, rest) = numbers.as_chunks::<LANES>();
    let mut lanes = [R::NEG_INFINITY; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] = larger(chunk[lane], lanes[lane]);
        }
    }
    let largest = lanes.into_iter().fold(R::NEG_INFINITY, larger);
    rest.iter().fold(largest, |largest, &number| larger(number, largest))
}

/// The sum, in lanes of R that move on to f64 before they grow too large for R's resolution.
#[inline(always)]
fn sum<R: Real>(numbers: &[R]) -> f64 {
    let mut total = 0.0;
    for tile in numbers.chunks(TILE) {
        let (chunks, rest) = tile.as_chunks::<LANES>();
        let mut lanes = [R::default(); LANES];
        for chunk in chunks {
            for lane in 0..LANES {
                lanes[lane] += chunk[lane];
            }
        }
        for number in lanes.iter().chain(rest) {
            total += number.into_f64();
        }
    }
    total
}
