//! Many rows: what the backends on a processor call.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{
    pointwise::{self, Pointwise},
    real::Real,
    row::{Scratch, row},
    stored::Stored,
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
        let of = S::Real::of;
        match self.divergence {
            Divergence::ForwardKl => self.share_out(pointwise::ForwardKl, values, gradient),
            Divergence::ReverseKl => self.share_out(pointwise::ReverseKl, values, gradient),
            Divergence::SymmetricKl { forward } => {
                self.share_out(pointwise::SymmetricKl { forward: of(forward) }, values, gradient);
            }
            Divergence::JensenShannon { beta } => {
                self.share_out(pointwise::JensenShannon { beta: of(beta) }, values, gradient);
            }
            Divergence::SkewKl { alpha } => {
                self.share_out(pointwise::SkewKl { alpha: of(alpha) }, values, gradient);
            }
            Divergence::SkewReverseKl { alpha } => {
                self.share_out(pointwise::SkewReverseKl { alpha: of(alpha) }, values, gradient);
            }
            Divergence::TotalVariation => self.share_out(pointwise::TotalVariation, values, gradient),
            Divergence::SoftCrossEntropy => self.share_out(pointwise::SoftCrossEntropy, values, gradient),
        }
    }

    /// Deals the rows out to threads.
    fn share_out<D: Pointwise<S::Real>>(self, divergence: D, values: &mut [S::Real], gradient: Option<&mut [S]>) {
        if self.student.len() < WORTH_A_THREAD {
            return self.each(divergence, values, gradient);
        }
        // Several shares a thread, so that one which was held up does not hold up all.
        let rows = values.len().div_ceil(4 * rayon::current_num_threads());
        let numbers = rows * self.classes;
        let inputs = self.student.par_chunks(numbers).zip(self.teacher.par_chunks(numbers));
        let shares = inputs.zip(values.par_chunks_mut(rows));
        let part = |student, teacher| Rows {
            student,
            teacher,
            ..self
        };
        match gradient {
            None => {
                shares.for_each(|((student, teacher), values)| part(student, teacher).each(divergence, values, None))
            }
            Some(gradient) => shares
                .zip(gradient.par_chunks_mut(numbers))
                .for_each(|(((s, t), values), gradient)| part(s, t).each(divergence, values, Some(gradient))),
        }
    }

    /// One row after another, compiled for the best instructions this processor has.
    fn each<D: Pointwise<S::Real>>(self, divergence: D, values: &mut [S::Real], gradient: Option<&mut [S]>) {
        Arch::new().dispatch(Each {
            rows: self,
            divergence,
            values,
            gradient,
        });
    }
}

/// The work of [`Rows::each`]: a type, since all of a closure need not be compiled for the same instructions.
struct Each<'a, S: Stored, D> {
    rows: Rows<'a, S>,
    divergence: D,
    values: &'a mut [S::Real],
    gradient: Option<&'a mut [S]>,
}

impl<S: Stored, D: Pointwise<S::Real>> WithSimd for Each<'_, S, D> {
    type Output = ();

    #[inline(always)]
    fn with_simd<I: Simd>(mut self, _instructions: I) {
        let inverse_temperature = S::Real::of(self.rows.temperature.recip());
        let (mut of_student, mut of_teacher, mut of_gradient) = (Vec::new(), Vec::new(), Vec::new());
        let mut scratch = Scratch::default();
        for (i, value) in self.values.iter_mut().enumerate() {
            let range = i * self.rows.classes..(i + 1) * self.rows.classes;
            let student = S::read(&self.rows.student[range.clone()], &mut of_student);
            let teacher = S::read(&self.rows.teacher[range.clone()], &mut of_teacher);
            *value = match &mut self.gradient {
                None => row(
                    self.divergence,
                    inverse_temperature,
                    student,
                    teacher,
                    None,
                    &mut scratch,
                ),
                Some(gradient) => {
                    let place = &mut gradient[range];
                    let space = Some(S::open(place, &mut of_gradient));
                    let value = row(
                        self.divergence,
                        inverse_temperature,
                        student,
                        teacher,
                        space,
                        &mut scratch,
                    );
                    S::close(place, &of_gradient);
                    value
                }
            };
        }
    }
}
