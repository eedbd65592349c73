//! The angle between vectors.

use burn::tensor::{DType, Device, Tensor, TensorData};
use kd::kernels::cosine_distance;
use kd_testkit::{computes_in, device, read, resolution};

use crate::{
    along::{Along, View, as_it_is, of_any_shape, of_views, value_and_gradient},
    assert_near, numbers,
};

type Form<const D: usize> = fn(Tensor<D>, Tensor<D>, usize) -> Tensor<D>;

/// As the formula is written.
fn plain<const D: usize>(student: Tensor<D>, teacher: Tensor<D>, axis: usize) -> Tensor<D> {
    let length = |x: Tensor<D>| x.square().sum_dim(axis).sqrt();
    let product = (student.clone() * teacher.clone()).sum_dim(axis);
    (product / (length(student) * length(teacher))).neg() + 1.0
}

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

struct Cosine;

impl Along for Cosine {
    fn check<const D: usize>(what: &str, view: View<D>, shape: [usize; D], axis: usize) {
        let ours = run(cosine_distance, view, sides(shape), axis, (&device(), DType::F32));
        let expected = run(plain, view, sides(shape), axis, (&Device::flex(), DType::F64));
        for (ours, expected) in ours.iter().zip(&expected) {
            assert_near(what, ours, expected, 2e-6, 0.0);
        }
    }
}

#[test]
fn values_and_gradients_are_those_of_the_formula() {
    of_any_shape::<Cosine>();
}

#[test]
fn views_are_read_in_their_order() {
    of_views::<Cosine>();
}

/// In f32, of rows of two numbers.
fn of_pairs(student: &[[f64; 2]], teacher: &[[f64; 2]]) -> [Vec<f64>; 2] {
    let sides = [student, teacher].map(|rows| TensorData::new(rows.concat(), [rows.len(), 2]));
    run(cosine_distance, as_it_is::<2>, sides, 1, (&device(), DType::F32))
}

#[test]
fn zeros_are_perpendicular_to_all_but_zeros_and_have_no_gradient() {
    let student = [[0.0, 0.0], [0.0, 0.0], [3.0, 4.0], [3.0, 4.0]];
    let teacher = [[1.0, 2.0], [0.0, 0.0], [0.0, 0.0], [4.0, 3.0]];
    let [y, dx] = of_pairs(&student, &teacher);
    assert_eq!((&y[..3], &dx[..6]), (&[1.0, 0.0, 1.0][..], &[0.0; 6][..]));
    assert_near("the row beside", &y[3..], &[0.04], 1e-6, 1.0);
    assert!(dx[6..].iter().all(|slope| *slope != 0.0));
}

#[test]
fn a_row_that_is_not_a_number_is_its_own_affair() {
    let student = [[f64::NAN, 1.0], [3.0, 4.0], [3.0, 4.0]];
    let teacher = [[1.0, 2.0], [1.0, f64::NAN], [4.0, 3.0]];
    let [y, dx] = of_pairs(&student, &teacher);
    assert!(y[..2].iter().all(|value| value.is_nan()), "{y:?}");
    assert!(y[2].is_finite() && dx[4..].iter().all(|slope| slope.is_finite()));
}

#[test]
fn the_ends_are_met_and_there_is_nothing_to_turn() {
    let [y, dx] = of_pairs(&[[3.0, -4.0], [3.0, -4.0]], &[[0.75, -1.0], [-6.0, 8.0]]);
    assert_near("the same way, and the other way", &y, &[0.0, 2.0], 1e-6, 0.0);
    assert_near("gradient", &dx, &[0.0; 4], 1e-6, 1.0);
}

#[test]
fn lengths_do_not_matter() {
    for power in [-30, -10, 10, 30] {
        let of = |x: [f64; 2], power: i32| [x.map(|x| x * 10f64.powi(power))];
        let [y, _] = of_pairs(&of([3.0, -4.0], power), &of([1.0, 2.0], -power));
        assert_near(&format!("10^{power}"), &y, &[1.0 + 0.2f64.sqrt()], 1e-6, 0.0);
    }
}

#[test]
fn the_teacher_is_a_constant() {
    let device = device().autodiff();
    let [student, teacher] =
        sides([6, 10]).map(|side| Tensor::<2>::from_data(side, (&device, DType::F32)).require_grad());
    let tracked = cosine_distance(student.clone(), teacher.clone(), 1);
    let gradients = tracked.clone().sum().backward();
    assert!(student.grad(&gradients).is_some() && teacher.grad(&gradients).is_none());
    // The student may be one as well.
    let constant = cosine_distance(student.without_autodiff(), teacher.without_autodiff(), 1);
    assert_near("values", &read(constant), &read(tracked), 1e-6, 0.0);
}

#[test]
fn every_float_type_has_angles_and_half_precision_is_widened() {
    let device = device();
    for dtype in [DType::F64, DType::F16, DType::BF16] {
        if !computes_in(&device, dtype) {
            assert!(device != Device::flex(), "Flex has {dtype:?}");
            continue;
        }
        let wide = if dtype == DType::F64 { dtype } else { DType::F32 };
        let [student, teacher] = sides([5, 9]).map(|side| Tensor::<2>::from_data(side, (&device, dtype)));
        assert_eq!(cosine_distance(student, teacher, 1).dtype(), wide);

        // The inputs are exact in half precision, and only the gradient is rounded to it.
        let ours = run(cosine_distance, as_it_is::<2>, sides([5, 9]), 1, (&device, dtype));
        let expected = run(plain, as_it_is::<2>, sides([5, 9]), 1, (&Device::flex(), DType::F64));
        let what = |part| format!("{dtype:?}, {part}");
        assert_near(&what("values"), &ours[0], &expected[0], 4.0 * resolution(wide), 0.0);
        assert_near(&what("gradient"), &ours[1], &expected[1], 4.0 * resolution(dtype), 0.0);
    }
}

#[test]
fn each_side_may_have_a_type_of_its_own() {
    let device = device();
    let of_types = |types: [DType; 2]| {
        let [student, teacher] = sides([5, 9]);
        let student = Tensor::<2>::from_data(student, (&device, types[0]));
        read(cosine_distance(
            student,
            Tensor::from_data(teacher, (&device, types[1])),
            1,
        ))
    };
    let expected = of_types([DType::F32; 2]);
    for half in [DType::F16, DType::BF16] {
        if computes_in(&device, half) {
            assert_eq!(of_types([half, DType::F32]), expected, "{half:?}");
            assert_eq!(of_types([DType::F32, half]), expected, "{half:?}");
        }
    }
}

#[test]
#[should_panic(expected = "student and teacher have unequal shapes")]
fn unequal_shapes_panic() {
    let device = device();
    let _ = cosine_distance(
        Tensor::<2>::ones([2, 3], &device),
        Tensor::<2>::ones([1, 3], &device),
        1,
    );
}

#[test]
fn what_is_not_a_number_stays_that_beside_zeros() {
    let [nan, zeros] = [[f64::NAN, 1.0], [0.0, 0.0]];
    let [y, _] = of_pairs(&[nan, zeros], &[zeros, nan]);
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
