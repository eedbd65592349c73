//! The distance between directions.

use burn::tensor::Tensor;
use kd::kernels::{composed_unit, unit_distance};

use crate::assert_near;
use crate::distances::{Distance, distance_tests, of_pairs};

struct UnitDistance;

impl Distance for UnitDistance {
    const MULTIPLE: f64 = 2.0;

    fn of<const D: usize>(student: Tensor<D>, teacher: Tensor<D>, axis: usize) -> Tensor<D> {
        unit_distance(student, teacher, axis)
    }

    fn plain<const D: usize>(student: Tensor<D>, teacher: Tensor<D>, axis: usize) -> Tensor<D> {
        (composed_unit(student, axis) - composed_unit(teacher, axis))
            .square()
            .sum_dim(axis)
    }
}

distance_tests!(UnitDistance);

#[test]
fn zeros_are_1_from_all_but_zeros_and_have_no_gradient() {
    let student = [[0.0, 0.0], [0.0, 0.0], [3.0, 4.0], [3.0, 4.0]];
    let teacher = [[1.0, 2.0], [0.0, 0.0], [0.0, 0.0], [4.0, 3.0]];
    let [y, dx] = of_pairs::<UnitDistance>(&student, &teacher);
    assert_eq!((y[1], &dx[..4]), (0.0, &[0.0; 4][..]));
    assert_near("values", &y, &[1.0, 0.0, 1.0, 0.08], 1e-6, 0.0);
    assert_near(
        "a length that nothing can be turned to",
        &dx[4..6],
        &[0.0; 2],
        1e-6,
        1.0,
    );
    assert!(dx[6..].iter().all(|slope| *slope != 0.0));
}
