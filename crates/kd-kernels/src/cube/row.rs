//! One row, which all units of a cube work on together.

use burn_cubecl::cubecl::{self, prelude::*};

use super::{
    pointwise::{Class, Pointwise},
    real::{exp, ln},
    reduce::{Largest, Pair, Reduction, Sum, reduce},
};

/// Where a row is, and how it is shared out: class `UNIT_POS` and every `units`-th from there are a unit's own.
#[derive(CubeType)]
pub(super) struct Row {
    /// The row's first number.
    pub start: usize,
    pub classes: usize,
    pub inverse_temperature: f32,
    /// The divergence's.
    pub parameter: f32,
    #[cube(comptime)]
    pub units: usize,
}

/// What makes distributions of a row of the student and one of the teacher.
#[derive(CubeType)]
pub(super) struct Softened {
    student_largest: f32,
    teacher_largest: f32,
    /// 1 / Σ exp((z − max) / T).
    student_inverse_sum: f32,
    teacher_inverse_sum: f32,
    /// log Σ exp((z − max) / T) of the student less that of the teacher.
    between_sums: f32,
    /// log Σ exp((z − max) / T) of the student.
    log_sum: f32,
}

#[cube]
impl Row {
    /// Two passes over the row: the largest logits, and the sums of exponentials.
    pub fn soften<E: Float>(&self, student: &[E], teacher: &[E]) -> Softened {
        // A unit without a class of its own takes part with the first one: the largest does not mind.
        let mut s_largest = f32::cast_from(student[self.start]);
        let mut t_largest = f32::cast_from(teacher[self.start]);
        let mut class = UNIT_POS as usize;
        while class < self.classes {
            s_largest = Largest::of(f32::cast_from(student[self.start + class]), s_largest);
            t_largest = Largest::of(f32::cast_from(teacher[self.start + class]), t_largest);
            class += self.units;
        }
        let largest = reduce::<Largest>(s_largest, t_largest, self.units);

        let mut s_sum = 0.0f32;
        let mut t_sum = 0.0f32;
        let mut class = UNIT_POS as usize;
        while class < self.classes {
            s_sum += self.exponential::<E>(student, class, largest.first);
            t_sum += self.exponential::<E>(teacher, class, largest.second);
            class += self.units;
        }
        let sum = reduce::<Sum>(s_sum, t_sum, self.units);

        Softened {
            student_largest: largest.first,
            teacher_largest: largest.second,
            student_inverse_sum: 1.0f32 / sum.first,
            teacher_inverse_sum: 1.0f32 / sum.second,
            // One logarithm of their ratio is more exact than the difference of two.
            between_sums: ln(sum.first / sum.second, (sum.first - sum.second) / sum.second),
            log_sum: ln(sum.first, sum.first - 1.0f32),
        }
    }

    /// The third pass: sums of the classes' values and of their slopes.
    pub fn total<D: Pointwise, E: Float>(&self, softened: &Softened, student: &[E], teacher: &[E]) -> Pair {
        let mut value = 0.0f32;
        let mut slope = 0.0f32;
        let mut class = UNIT_POS as usize;
        while class < self.classes {
            let share = D::at(&self.class::<E>(softened, student, teacher, class), self.parameter);
            value += share.value;
            slope += share.slope;
            class += self.units;
        }
        reduce::<Sum>(value, slope, self.units)
    }

    /// A fourth pass, which writes the gradient. The exponentials are computed once more: that takes less time than to keep
    /// them, and what is written has been rounded but once.
    pub fn write_gradient<D: Pointwise, E: Float>(
        &self,
        softened: &Softened,
        student: &[E],
        teacher: &[E],
        total_slope: f32,
        gradient: &mut [E],
    ) {
        let mut index = UNIT_POS as usize;
        while index < self.classes {
            let class = self.class::<E>(softened, student, teacher, index);
            let share = D::at(&class, self.parameter);
            // By its formula the sum is 0 for some divergences; what it is then is the rounding of the sums, which is in
            // every slope, and comes off with it.
            let logit_slope = (share.slope - class.q * total_slope) * self.inverse_temperature;
            gradient[self.start + index] = E::cast_from(logit_slope);
            index += self.units;
        }
    }

    fn class<E: Float>(&self, softened: &Softened, student: &[E], teacher: &[E], class: usize) -> Class {
        let s = f32::cast_from(student[self.start + class]);
        let t = f32::cast_from(teacher[self.start + class]);
        Class {
            p: self.exponential::<E>(teacher, class, softened.teacher_largest) * softened.teacher_inverse_sum,
            q: self.exponential::<E>(student, class, softened.student_largest) * softened.student_inverse_sum,
            log_ratio: fma(
                softened.difference(s, t),
                self.inverse_temperature,
                -softened.between_sums,
            ),
            log_q: (s - softened.student_largest) * self.inverse_temperature - softened.log_sum,
        }
    }

    fn exponential<E: Float>(&self, logits: &[E], class: usize, largest: f32) -> f32 {
        exp((f32::cast_from(logits[self.start + class]) - largest) * self.inverse_temperature)
    }
}

#[cube]
impl Softened {
    /// How far the student's logit is from the teacher's, each taken from the largest of its row.
    fn difference(&self, s: f32, t: f32) -> f32 {
        // Where the rows nearly agree the logits do, and then their difference is exact. Where the largest are far apart
        // they are taken off first, since the difference of numbers of unequal size is rounded as the larger one is.
        let between_largest = self.student_largest - self.teacher_largest;
        let near = (s - t) - between_largest;
        let far = (s - self.student_largest) - (t - self.teacher_largest);
        let difference = select(between_largest.abs() < 1.0f32, near, far);
        // −∞ − (−∞) is not a number, but of a class absent from both nothing is asked.
        select(s == t, -between_largest, difference)
    }
}
