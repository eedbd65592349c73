//! Products of matrices into memory that is there already: a backend's own puts each into fresh memory.

use std::ops::Range;

use gemm::Parallelism;

use super::real::Real;

/// A matrix to read: numbers of a slice, and how many of them lie between one row or column and the next.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a, R> {
    numbers: &'a [R],
    shape: [usize; 2],
    strides: [usize; 2],
}

impl<'a, R> Matrix<'a, R> {
    /// A view into the slice, which has to hold all of it.
    pub fn new(numbers: &'a [R], shape: [usize; 2], strides: [usize; 2]) -> Self {
        let [last_row, last_column] = shape.map(|size| size.saturating_sub(1));
        // What wraps around could seem to lie within.
        let down = last_row.checked_mul(strides[0]);
        let last = down.and_then(|down| down.checked_add(last_column.checked_mul(strides[1])?));
        assert!(
            shape.contains(&0) || last.is_some_and(|last| last < numbers.len()),
            "the matrix ends within its slice"
        );
        Self {
            numbers,
            shape,
            strides,
        }
    }

    /// Row after row.
    pub fn of_rows(numbers: &'a [R], shape: [usize; 2]) -> Self {
        Self::new(numbers, shape, [shape[1], 1])
    }

    pub fn shape(&self) -> [usize; 2] {
        self.shape
    }

    pub fn transposed(self) -> Self {
        let ([rows, columns], [down, right]) = (self.shape, self.strides);
        Self::new(self.numbers, [columns, rows], [right, down])
    }

    /// Some of the rows.
    pub fn rows(self, range: Range<usize>) -> Self {
        let shape = [range.len(), self.shape[1]];
        Self::new(&self.numbers[range.start * self.strides[0]..], shape, self.strides)
    }

    /// One row, number after number.
    pub fn row(self, row: usize) -> impl Iterator<Item = R>
    where
        R: Copy,
    {
        let [down, right] = self.strides;
        (0..self.shape[1]).map(move |column| self.numbers[row * down + column * right])
    }
}

/// What a product does to the numbers that are in its place.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Onto {
    /// It replaces them.
    Anything,
    /// It is added to them.
    Sum,
}

/// Writes a · b, row after row, into `place`.
pub(super) fn multiply<R: Real>(a: Matrix<R>, b: Matrix<R>, onto: Onto, place: &mut [R], threads: Parallelism) {
    assert!(
        a.shape[0].checked_mul(b.shape[1]) == Some(place.len()),
        "the shapes fit"
    );
    multiply_within(a, b, onto, place, b.shape[1], threads);
}

/// Writes a · b to the first columns of `place`, whose rows are `width` numbers apart.
#[allow(unsafe_code, reason = "gemm takes pointers")]
pub(super) fn multiply_within<R: Real>(
    a: Matrix<R>,
    b: Matrix<R>,
    onto: Onto,
    place: &mut [R],
    width: usize,
    threads: Parallelism,
) {
    let ([m, k], [height, n]) = (a.shape, b.shape);
    let holds = m.checked_mul(width).is_some_and(|numbers| numbers <= place.len());
    assert!(k == height && n <= width && holds, "the shapes fit");
    let strides = |matrix: Matrix<R>| matrix.strides.map(|stride| stride as isize);
    let ([a_down, a_right], [b_down, b_right]) = (strides(a), strides(b));
    // SAFETY: `Matrix::new` saw to it that a and b lie within slices which we borrow, `place` is ours alone and holds m rows
    // of `width` numbers, the first n of which are written to, and R is f32 or f64, which gemm knows.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            place.as_mut_ptr(),
            1,
            width as isize,
            onto == Onto::Sum,
            a.numbers.as_ptr(),
            a_right,
            a_down,
            b.numbers.as_ptr(),
            b_right,
            b_down,
            R::of(1.0),
            R::of(1.0),
            false,
            false,
            false,
            threads,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    const B: [f64; 6] = [1.0, 0.0, -1.0, 2.0, 1.0, 1.0];

    #[test]
    fn a_product_replaces_or_is_added() {
        let (a, b) = (Matrix::of_rows(&A, [2, 3]), Matrix::of_rows(&B, [3, 2]));
        let mut place = [f64::NAN; 4];
        multiply(a, b, Onto::Anything, &mut place, Parallelism::None);
        assert_eq!(place, [2.0, 7.0, 5.0, 16.0]);
        multiply(a, b, Onto::Sum, &mut place, Parallelism::None);
        assert_eq!(place, [4.0, 14.0, 10.0, 32.0]);
    }

    #[test]
    fn views_are_multiplied_as_they_are() {
        let (a, b) = (Matrix::of_rows(&A, [2, 3]), Matrix::of_rows(&B, [3, 2]));
        let mut place = [0.0; 2];
        multiply(a.rows(1..2), b, Onto::Anything, &mut place, Parallelism::None);
        assert_eq!(place, [5.0, 16.0]);
        let mut place = [0.0; 4];
        let [a, b] = [a, b].map(Matrix::transposed);
        multiply(b, a, Onto::Anything, &mut place, Parallelism::None);
        assert_eq!(place, [2.0, 5.0, 7.0, 16.0]);
        assert!(a.row(2).eq([3.0, 6.0]));
    }

    #[test]
    fn a_product_within_wider_rows_leaves_the_rest() {
        let (a, b) = (Matrix::of_rows(&A, [2, 3]), Matrix::of_rows(&B, [3, 2]));
        let mut place = [9.0; 6];
        multiply_within(a, b, Onto::Anything, &mut place, 3, Parallelism::None);
        assert_eq!(place, [2.0, 7.0, 9.0, 5.0, 16.0, 9.0]);
    }

    #[test]
    #[should_panic(expected = "the shapes fit")]
    fn a_product_wider_than_its_place_is_refused() {
        let (a, b) = (Matrix::of_rows(&A, [2, 3]), Matrix::of_rows(&B, [3, 2]));
        multiply_within(a, b, Onto::Anything, &mut [0.0; 4], 1, Parallelism::None);
    }

    #[test]
    #[should_panic(expected = "the matrix ends within its slice")]
    fn a_view_beyond_its_slice_is_refused() {
        Matrix::new(&A, [2, 4], [4, 1]);
    }

    #[test]
    #[should_panic(expected = "the matrix ends within its slice")]
    fn a_view_beyond_all_addresses_is_refused() {
        Matrix::new(&A, [3, 1], [usize::MAX / 2 + 1, 1]);
    }

    #[test]
    #[should_panic(expected = "the shapes fit")]
    fn unequal_shapes_are_refused() {
        let a = Matrix::of_rows(&A, [2, 3]);
        multiply(a, a, Onto::Anything, &mut [0.0; 4], Parallelism::None);
    }
}
