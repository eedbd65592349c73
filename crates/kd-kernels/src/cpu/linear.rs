//! A divergence between logits that are made some rows at a time, with its gradients.
//!
//! Everything of the size of a chunk of logits or of the weight stands where it will stay: fresh memory takes longer to get
//! from the system than to be written.

use gemm::Parallelism;
use rayon::prelude::*;

use super::{
    large,
    product::{Matrix, Onto, multiply},
    real::Real,
    rows::Work,
    stored::Stored,
    student::Student,
};
use crate::LinearDivergence;

/// All threads there are.
const ALL: Parallelism = Parallelism::Rayon(0);

/// Hidden states `[rows, hidden]` and a weight `[hidden, vocab]`.
#[derive(Clone, Copy)]
pub(super) struct Side<'a, R> {
    pub hidden: Matrix<'a, R>,
    pub weight: Matrix<'a, R>,
}

/// Both sides, and what the rows count.
pub(super) struct Linear<'a, R> {
    pub student: Side<'a, R>,
    pub teacher: Side<'a, R>,
    pub row_weights: &'a [R],
    pub how: LinearDivergence,
}

/// The weighted sum, and its gradients.
pub(super) struct Gradients<R> {
    pub value: R,
    /// `[rows, hidden]`.
    pub hidden: Vec<R>,
    /// `[hidden, vocab]`, if it was asked for.
    pub weight: Option<Vec<R>>,
}

/// What each chunk uses anew.
struct Space<R> {
    /// The student's logits, and then their gradient.
    student: Vec<R>,
    teacher: Vec<R>,
    values: Vec<R>,
    /// The gradient for the hidden states, `[hidden, rows]`.
    hidden: Vec<R>,
}

impl<R: Real + Stored<Real = R>> Linear<'_, R> {
    pub fn gradients(&self, weight_learns: bool) -> Gradients<R> {
        let ([rows, _], [hidden, vocab]) = (self.student.hidden.shape(), self.student.weight.shape());
        // A row without weight does not count, not even if it is not a number.
        let counting: Vec<usize> = (0..rows).filter(|&row| self.row_weights[row] != R::default()).collect();
        let at_once = self.how.rows_at_once.min(counting.len());
        let mut space = Space {
            student: large::zeros(at_once * vocab),
            teacher: large::zeros(at_once * vocab),
            values: large::zeros(at_once),
            hidden: large::zeros(at_once * hidden),
        };
        let mut of_hidden = large::zeros(rows * hidden);
        let mut of_weight = weight_learns.then(|| large::zeros(hidden * vocab));
        let (mut value, mut onto) = (0.0, Onto::Anything);
        for rows in counting.chunks(self.how.rows_at_once) {
            value += self.divergence(rows, &mut space);
            self.back(rows, &mut space, &mut of_hidden);
            if let Some(of_weight) = &mut of_weight {
                self.add_to_weight(rows, &space, onto, of_weight);
                onto = Onto::Sum;
            }
        }
        Gradients {
            value: R::of(value),
            hidden: of_hidden,
            weight: of_weight,
        }
    }

    /// The rows' weighted sum; leaves the gradients of their divergences in place of the student's logits.
    fn divergence(&self, rows: &[usize], space: &mut Space<R>) -> f64 {
        let [_, vocab] = self.student.weight.shape();
        let student = &mut space.student[..rows.len() * vocab];
        let teacher = &mut space.teacher[..rows.len() * vocab];
        for (side, logits) in [(self.student, &mut *student), (self.teacher, &mut *teacher)] {
            let [_, width] = side.hidden.shape();
            let hidden: Vec<R> = rows.iter().flat_map(|&row| side.hidden.row(row)).collect();
            multiply(
                Matrix::of_rows(&hidden, [rows.len(), width]),
                side.weight,
                Onto::Anything,
                logits,
                ALL,
            );
        }
        let values = &mut space.values[..rows.len()];
        let work = Work {
            student: Student::Replaced(student),
            teacher,
            values: &mut *values,
            classes: vocab,
            temperature: self.how.temperature,
        };
        work.compute(self.how.divergence);
        let weighed = rows
            .iter()
            .zip(values)
            .map(|(&row, &mut value)| (self.row_weights[row] * value).into_f64());
        weighed.sum()
    }

    /// Writes the rows' gradients for the hidden states.
    fn back(&self, rows: &[usize], space: &mut Space<R>, of_hidden: &mut [R]) {
        let [hidden, vocab] = self.student.weight.shape();
        let gradient = Matrix::of_rows(&space.student, [rows.len(), vocab]).transposed();
        let products = &mut space.hidden[..hidden * rows.len()];
        // Each thread takes some rows of the weight, the largest matrix here, and reads them once; one product on all threads
        // would meet for every few hundred columns.
        let height = hidden.div_ceil(rayon::current_num_threads()).max(1);
        products
            .par_chunks_mut(height * rows.len())
            .enumerate()
            .for_each(|(i, product)| {
                let part = self.student.weight.rows(i * height..hidden.min((i + 1) * height));
                multiply(part, gradient, Onto::Anything, product, Parallelism::None);
            });
        for (i, &row) in rows.iter().enumerate() {
            let weight = self.row_weights[row];
            let place = &mut of_hidden[row * hidden..(row + 1) * hidden];
            for (place, product) in place.iter_mut().zip(products.chunks_exact(rows.len())) {
                *place = product[i] * weight;
            }
        }
    }

    /// Adds the rows' gradients for the weight.
    fn add_to_weight(&self, rows: &[usize], space: &Space<R>, onto: Onto, of_weight: &mut [R]) {
        let ([_, width], [_, vocab]) = (self.student.hidden.shape(), self.student.weight.shape());
        let weighed = |&row: &usize| {
            self.student
                .hidden
                .row(row)
                .map(move |number| number * self.row_weights[row])
        };
        let hidden: Vec<R> = rows.iter().flat_map(weighed).collect();
        let hidden = Matrix::of_rows(&hidden, [rows.len(), width]);
        let gradient = Matrix::of_rows(&space.student, [rows.len(), vocab]);
        multiply(hidden.transposed(), gradient, onto, of_weight, ALL);
    }
}
