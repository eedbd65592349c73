//! Many rows: what the backends on a processor call.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{
    pointwise::{self, Pointwise},
    real::Real,
    row::{Scratch, row},
    stored::Stored,
    student::Student,
};
use crate::Divergence;

/// Numbers below which a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 1 << 14;

/// Rows of logits, and what to make of them.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, S> {
    pub student: &'a [S],
    pub teacher: &'a [S],
    pub classes: usize,
    pub divergence: Divergence,
    pub temperature: f64,
}

impl<S: Stored> Rows<'_, S> {
    /// The divergence of each row, and the gradient for the student if there is a place for it.
    pub fn compute(self, values: &mut [S::Real], gradient: Option<&mut [S]>) {
        let work = Work {
            student: match gradient {
                None => Student::Read(self.student),
                Some(gradient) => Student::Beside(self.student, gradient),
            },
            teacher: self.teacher,
            values,
            classes: self.classes,
            temperature: self.temperature,
        };
        work.compute(self.divergence);
    }
}

/// Rows of logits, and the places for what is made of them.
pub(super) struct Work<'a, S: Stored> {
    pub student: Student<'a, S>,
    pub teacher: &'a [S],
    pub values: &'a mut [S::Real],
    pub classes: usize,
    pub temperature: f64,
}

impl<S: Stored> Work<'_, S> {
    /// The divergence of each row, and the gradient where the student has a place for it.
    pub fn compute(self, divergence: Divergence) {
        let of = S::Real::of;
        match divergence {
            Divergence::ForwardKl => self.share_out(pointwise::ForwardKl),
            Divergence::ReverseKl => self.share_out(pointwise::ReverseKl),
            Divergence::SymmetricKl { forward } => self.share_out(pointwise::SymmetricKl { forward: of(forward) }),
            Divergence::JensenShannon { beta } => self.share_out(pointwise::JensenShannon { beta: of(beta) }),
            Divergence::SkewKl { alpha } => self.share_out(pointwise::SkewKl { alpha: of(alpha) }),
            Divergence::SkewReverseKl { alpha } => self.share_out(pointwise::SkewReverseKl { alpha: of(alpha) }),
            Divergence::TotalVariation => self.share_out(pointwise::TotalVariation),
            Divergence::SoftCrossEntropy => self.share_out(pointwise::SoftCrossEntropy),
        }
    }

    /// Deals the rows out to threads.
    fn share_out<D: Pointwise<S::Real>>(self, divergence: D) {
        if self.teacher.len() < WORTH_A_THREAD {
            return self.each(divergence);
        }
        // Several shares a thread, so that one which was held up does not hold up all.
        let rows = self.values.len().div_ceil(4 * rayon::current_num_threads());
        let numbers = rows * self.classes;
        let inputs = self.student.shares(numbers).into_par_iter();
        let inputs = inputs.zip(self.teacher.par_chunks(numbers));
        let shares = inputs.zip(self.values.par_chunks_mut(rows));
        shares.for_each(|((student, teacher), values)| {
            let share = Work {
                student,
                teacher,
                values,
                classes: self.classes,
                temperature: self.temperature,
            };
            share.each(divergence);
        });
    }

    /// One row after another, compiled for the best instructions this processor has.
    fn each<D: Pointwise<S::Real>>(self, divergence: D) {
        Arch::new().dispatch(Each { work: self, divergence });
    }
}

/// The work of [`Work::each`]: a type, since all of a closure need not be compiled for the same instructions.
struct Each<'a, S: Stored, D> {
    work: Work<'a, S>,
    divergence: D,
}

impl<S: Stored, D: Pointwise<S::Real>> WithSimd for Each<'_, S, D> {
    type Output = ();

    #[inline(always)]
    fn with_simd<I: Simd>(self, _instructions: I) {
        let Self { mut work, divergence } = self;
        let inverse_temperature = S::Real::of(work.temperature.recip());
        let (mut of_student, mut of_teacher, mut of_gradient) = (Vec::new(), Vec::new(), Vec::new());
        let (mut copy, mut scratch) = (Vec::new(), Scratch::default());
        let rows = work.values.iter_mut().zip(work.teacher.chunks_exact(work.classes));
        for (i, (value, teacher)) in rows.enumerate() {
            let (student, place) = work.student.row(i, work.classes, &mut copy);
            let student = S::read(student, &mut of_student);
            let teacher = S::read(teacher, &mut of_teacher);
            *value = match place {
                None => row(divergence, inverse_temperature, student, teacher, None, &mut scratch),
                Some(place) => {
                    let space = Some(S::open(place, &mut of_gradient));
                    let value = row(divergence, inverse_temperature, student, teacher, space, &mut scratch);
                    S::close(place, &of_gradient);
                    value
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use half::f16;

    use super::*;

    fn a_gradient_replaces_the_logits_it_is_of<S: Stored<Real: std::fmt::Debug> + PartialEq + std::fmt::Debug>(
        number: impl Fn(usize) -> S,
    ) {
        // One thread's work, and that of several.
        for [rows, classes] in [[3, 40], [35, 700]] {
            let logits = |seed| -> Vec<S> { (0..rows * classes).map(|i| number(i * 7919 + seed)).collect() };
            let (student, teacher) = (logits(1), logits(2));
            let input = Rows {
                student: &student,
                teacher: &teacher,
                classes,
                divergence: Divergence::ReverseKl,
                temperature: 2.0,
            };
            let (mut expected, mut beside) = (vec![S::Real::default(); rows], logits(3));
            input.compute(&mut expected, Some(&mut beside));
            let (mut values, mut replaced) = (vec![S::Real::default(); rows], student.clone());
            let work = Work {
                student: Student::Replaced(&mut replaced),
                teacher: &teacher,
                values: &mut values,
                classes,
                temperature: 2.0,
            };
            work.compute(Divergence::ReverseKl);
            assert_eq!((values, replaced), (expected, beside));
        }
    }

    #[test]
    fn a_gradient_may_replace_the_logits() {
        let number = |i: usize| (i % 1009) as f32 / 128.0 - 4.0;
        a_gradient_replaces_the_logits_it_is_of(number);
        a_gradient_replaces_the_logits_it_is_of(|i| f16::from_f32(number(i)));
    }
}
