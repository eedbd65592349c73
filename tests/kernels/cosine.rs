//! The angle between vectors.

use burn::tensor::{DType, Device, Tensor};
use kd::kernels::cosine_distance;
use kd_testkit::{computes_in, device, read};

use crate::assert_near;
use crate::distances::{Distance, distance_tests, of_pairs};

struct Cosine;

impl Distance for Cosine {
    const MULTIPLE: f64 = 1.0;

    fn of<const D: usize>(student: Tensor<D>, teacher: Tensor<D>, axis: usize) -> Tensor<D> {
        cosine_distance(student, teacher, axis)
    }

    fn plain<const D: usize>(student: Tensor<D>, teacher: Tensor<D>, axis: usize) -> Tensor<D> {
        let length = |x: Tensor<D>| x.square().sum_dim(axis).sqrt();
        let product = (student.clone() * teacher.clone()).sum_dim(axis);
        (product / (length(student) * length(teacher))).neg() + 1.0
    }
}

distance_tests!(Cosine);

#[test]
fn zeros_are_perpendicular_to_all_but_zeros_and_have_no_gradient() {
    let student = [[0.0, 0.0], [0.0, 0.0], [3.0, 4.0], [3.0, 4.0]];
    let teacher = [[1.0, 2.0], [0.0, 0.0], [0.0, 0.0], [4.0, 3.0]];
    let [y, dx] = of_pairs::<Cosine>(&student, &teacher);
    assert_eq!((&y[..3], &dx[..6]), (&[1.0, 0.0, 1.0][..], &[0.0; 6][..]));
    assert_near("the row beside", &y[3..], &[0.04], 1e-6, 1.0);
    assert!(dx[6..].iter().all(|slope| *slope != 0.0));
}

#[test]
fn what_is_not_a_number_stays_that_beside_zeros() {
    let [nan, zeros] = [[f64::NAN, 1.0], [0.0, 0.0]];
    let [y, _] = of_pairs::<Cosine>(&[nan, zeros], &[zeros, nan]);
    assert!(y.iter().all(|value| value.is_nan()), "{y:?}");
}

#[test]
fn zeros_of_half_precision_are_zeros() {
    let device = device();
    let all = [DType::F32, DType::F16, DType::BF16];
    let types = all.into_iter().filter(|dtype| computes_in(&device, *dtype));
    for (of_student, of_teacher) in types
        .clone()
        .flat_map(|one| types.clone().map(move |other| (one, other)))
    {
        let student = Tensor::<2>::from_data([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0]], (&device, of_student));
        let teacher = Tensor::<2>::from_data([[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]], (&device, of_teacher));
        let distances = read(cosine_distance(student, teacher, 1));
        assert_eq!(distances, [1.0, 0.0, 1.0], "{of_student:?} and {of_teacher:?}");
    }
}

#[test]
fn vectors_of_no_numbers_are_equal() {
    if device() == Device::flex() {
        let nothing = || Tensor::<2>::zeros([2, 0], &device());
        assert_eq!(read(cosine_distance(nothing(), nothing(), 1)), [0.0; 2]);
    }
}
