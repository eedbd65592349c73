//! What every distance between the directions of student and teacher is asked.

use burn::tensor::{DType, Device, Tensor, TensorData};
use kd_testkit::{computes_in, device, read, resolution};

use crate::{
    along::{Along, View, as_it_is, of_any_shape, of_views, value_and_gradient},
    assert_near, numbers,
};

/// A distance along an axis, which is left with length 1.
pub trait Distance {
    /// What it is, in multiples of 1 less the cosine, where no vector is zeros.
    const MULTIPLE: f64;

    fn of<const D: usize>(student: Tensor<D>, teacher: Tensor<D>, axis: usize) -> Tensor<D>;

    /// As the formula is written.
    fn plain<const D: usize>(student: Tensor<D>, teacher: Tensor<D>, axis: usize) -> Tensor<D>;
}

/// All tests that every distance passes.
macro_rules! distance_tests {
    ($distance:ty) => {
        $crate::distances::distance_tests!(
            $distance:
            values_and_gradients_are_those_of_the_formula,
            views_are_read_in_their_order,
            a_row_that_is_not_a_number_is_its_own_affair,
            the_ends_are_met_and_there_is_nothing_to_turn,
            lengths_do_not_matter,
            the_teacher_is_a_constant,
            every_float_type_has_distances_and_half_precision_is_widened,
            each_side_may_have_a_type_of_its_own
        );

        #[test]
        #[should_panic(expected = "student and teacher have unequal shapes")]
        fn unequal_shapes_panic() {
            $crate::distances::unequal_shapes::<$distance>();
        }
    };
    ($distance:ty: $($test:ident),*) => {
        $(
            #[test]
            fn $test() {
                $crate::distances::$test::<$distance>();
            }
        )*
    };
}
pub(crate) use distance_tests;

type Form<const D: usize> = fn(Tensor<D>, Tensor<D>, usize) -> Tensor<D>;

/// The distances along an axis, and the student's gradient.
fn run<const D: usize>(
    form: Form<D>,
    view: View<D>,
    [student, teacher]: [TensorData; 2],
    axis: usize,
    on: (&Device, DType),
) -> [Vec<f64>; 2] {
    let teacher = view(Tensor::from_data(teacher, (&on.0.clone().autodiff(), on.1)));
    value_and_gradient(|student| form(view(student), teacher, axis), student, on)
}

fn sides<const D: usize>(shape: [usize; D]) -> [TensorData; 2] {
    [1, 3].map(|seed| TensorData::new(numbers(shape.iter().product(), seed), shape))
}

impl<F: Distance> Along for F {
    fn check<const D: usize>(what: &str, view: View<D>, shape: [usize; D], axis: usize) {
        let ours = run(F::of, view, sides(shape), axis, (&device(), DType::F32));
        let expected = run(F::plain, view, sides(shape), axis, (&Device::flex(), DType::F64));
        for (ours, expected) in ours.iter().zip(&expected) {
            assert_near(what, ours, expected, 2e-6, 0.0);
        }
    }
}

pub fn values_and_gradients_are_those_of_the_formula<F: Distance>() {
    of_any_shape::<F>();
}

pub fn views_are_read_in_their_order<F: Distance>() {
    of_views::<F>();
}

/// In f32, of rows of two numbers.
pub fn of_pairs<F: Distance>(student: &[[f64; 2]], teacher: &[[f64; 2]]) -> [Vec<f64>; 2] {
    let sides = [student, teacher].map(|rows| TensorData::new(rows.concat(), [rows.len(), 2]));
    run(F::of, as_it_is::<2>, sides, 1, (&device(), DType::F32))
}

pub fn a_row_that_is_not_a_number_is_its_own_affair<F: Distance>() {
    let student = [[f64::NAN, 1.0], [3.0, 4.0], [3.0, 4.0]];
    let teacher = [[1.0, 2.0], [1.0, f64::NAN], [4.0, 3.0]];
    let [y, dx] = of_pairs::<F>(&student, &teacher);
    assert!(y[..2].iter().all(|value| value.is_nan()), "{y:?}");
    assert!(y[2].is_finite() && dx[4..].iter().all(|slope| slope.is_finite()));
}

pub fn the_ends_are_met_and_there_is_nothing_to_turn<F: Distance>() {
    let [y, dx] = of_pairs::<F>(&[[3.0, -4.0], [3.0, -4.0]], &[[0.75, -1.0], [-6.0, 8.0]]);
    assert_near(
        "the same way, and the other way",
        &y,
        &[0.0, 2.0 * F::MULTIPLE],
        1e-6,
        0.0,
    );
    assert_near("gradient", &dx, &[0.0; 4], 1e-6, 1.0);
}

pub fn lengths_do_not_matter<F: Distance>() {
    for power in [-30, -10, 10, 30] {
        let of = |x: [f64; 2], power: i32| [x.map(|x| x * 10f64.powi(power))];
        let [y, _] = of_pairs::<F>(&of([3.0, -4.0], power), &of([1.0, 2.0], -power));
        assert_near(
            &format!("10^{power}"),
            &y,
            &[F::MULTIPLE * (1.0 + 0.2f64.sqrt())],
            1e-6,
            0.0,
        );
    }
}

pub fn the_teacher_is_a_constant<F: Distance>() {
    let device = device().autodiff();
    let [student, teacher] =
        sides([6, 10]).map(|side| Tensor::<2>::from_data(side, (&device, DType::F32)).require_grad());
    let tracked = F::of(student.clone(), teacher.clone(), 1);
    let gradients = tracked.clone().sum().backward();
    assert!(student.grad(&gradients).is_some() && teacher.grad(&gradients).is_none());
    // The student may be one as well.
    let constant = F::of(student.without_autodiff(), teacher.without_autodiff(), 1);
    assert_near("values", &read(constant), &read(tracked), 1e-6, 0.0);
}

pub fn every_float_type_has_distances_and_half_precision_is_widened<F: Distance>() {
    let device = device();
    for dtype in [DType::F64, DType::F16, DType::BF16] {
        if !computes_in(&device, dtype) {
            assert!(device != Device::flex(), "Flex has {dtype:?}");
            continue;
        }
        let wide = if dtype == DType::F64 { dtype } else { DType::F32 };
        let [student, teacher] = sides([5, 9]).map(|side| Tensor::<2>::from_data(side, (&device, dtype)));
        assert_eq!(F::of(student, teacher, 1).dtype(), wide);

        // The inputs are exact in half precision, and only the gradient is rounded to it.
        let ours = run(F::of, as_it_is::<2>, sides([5, 9]), 1, (&device, dtype));
        let expected = run(F::plain, as_it_is::<2>, sides([5, 9]), 1, (&Device::flex(), DType::F64));
        let what = |part| format!("{dtype:?}, {part}");
        assert_near(&what("values"), &ours[0], &expected[0], 4.0 * resolution(wide), 0.0);
        assert_near(&what("gradient"), &ours[1], &expected[1], 4.0 * resolution(dtype), 0.0);
    }
}

pub fn each_side_may_have_a_type_of_its_own<F: Distance>() {
    let device = device();
    let of_types = |types: [DType; 2]| {
        let [student, teacher] = sides([5, 9]);
        let student = Tensor::<2>::from_data(student, (&device, types[0]));
        read(F::of(student, Tensor::from_data(teacher, (&device, types[1])), 1))
    };
    let expected = of_types([DType::F32; 2]);
    for half in [DType::F16, DType::BF16] {
        if computes_in(&device, half) {
            assert_eq!(of_types([half, DType::F32]), expected, "{half:?}");
            assert_eq!(of_types([DType::F32, half]), expected, "{half:?}");
        }
    }
}

pub fn unequal_shapes<F: Distance>() {
    let device = device();
    let _ = F::of(
        Tensor::<2>::ones([2, 3], &device),
        Tensor::<2>::ones([1, 3], &device),
        1,
    );
}
