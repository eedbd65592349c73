//! The angles between samples.

use burn::tensor::{DType, Device, Tensor, TensorData};
use kd::kernels::{angles, composed_angles, gram};
use kd_testkit::{computes_in, device, read, resolution};

use crate::{along::value_and_gradient, assert_near, numbers};

type Form = fn(Tensor<3>, Tensor<3>) -> Tensor<1>;

/// What angles are made of, of samples `[batch, 3]`: products, offsets, and four over 1 plus the squared distance, which needs
/// no exception on the diagonal, and of which there are what would be cosines beyond 1: sides that are far apart.
fn side(samples: Tensor<2>) -> Tensor<3> {
    let products = gram(samples.clone());
    let squares = samples.square().sum_dim(1);
    let inverse = (squares.clone() + squares.clone().transpose() - products.clone() * 2.0 + 1.0).recip() * 4.0;
    Tensor::stack(vec![products.clone(), products - squares * 0.5, inverse], 0)
}

/// The sums, and the gradient for the student's samples.
fn run(form: Form, batch: usize, on: (&Device, DType)) -> [Vec<f64>; 2] {
    let [student, teacher] = [1, 3].map(|seed| TensorData::new(numbers(batch * 3, seed), [batch, 3]));
    let teacher = side(Tensor::from_data(teacher, (&on.0.clone().autodiff(), on.1)));
    let form = |student| form(side(student), teacher).unsqueeze_dim::<2>(1);
    value_and_gradient(form, student, on)
}

#[test]
fn values_and_gradients_are_those_of_the_composed_form() {
    for batch in [1, 2, 16, 37, 130] {
        let ours = run(angles, batch, (&device(), DType::F32));
        let expected = run(composed_angles, batch, (&Device::flex(), DType::F64));
        for (ours, expected) in ours.iter().zip(&expected) {
            assert_near(&format!("batch {batch}"), ours, expected, 1e-5, 0.0);
        }
    }
}

/// Three symmetric matrices of whatever numbers, `[3, 5, 5]`.
fn matrices(seed: usize) -> TensorData {
    let numbers = numbers(75, seed);
    let entry = |place: usize| {
        let (part, row, column) = (place / 25, place / 5 % 5, place % 5);
        numbers[(part * 5 + row.min(column)) * 5 + row.max(column)]
    };
    TensorData::new((0..75).map(entry).collect::<Vec<_>>(), [3, 5, 5])
}

#[test]
fn every_float_type_has_angles() {
    let device = device();
    for dtype in [DType::F64, DType::F16, DType::BF16] {
        if !computes_in(&device, dtype) {
            assert!(device != Device::flex(), "Flex has {dtype:?}");
            continue;
        }
        let run = |form: Form, on: (&Device, DType)| {
            let [student, teacher] = [1, 3].map(|seed| Tensor::<3>::from_data(matrices(seed), on));
            form(student, teacher)
        };
        let wide = if dtype == DType::F64 { dtype } else { DType::F32 };
        let ours = run(angles, (&device, dtype));
        assert_eq!(ours.dtype(), wide);
        // The inputs are exact in half precision.
        let expected = read(run(composed_angles, (&Device::flex(), DType::F64)));
        assert_near(
            &format!("{dtype:?}"),
            &read(ours),
            &expected,
            16.0 * resolution(wide),
            0.0,
        );
    }
}

#[test]
fn the_teacher_is_a_constant() {
    let device = device().autodiff();
    let [student, teacher] = [1, 3].map(|seed| {
        let numbers = TensorData::new(numbers(18, seed), [6, 3]);
        Tensor::<2>::from_data(numbers, (&device, DType::F32)).require_grad()
    });
    let tracked = angles(side(student.clone()), side(teacher.clone()));
    let gradients = tracked.clone().sum().backward();
    assert!(student.grad(&gradients).is_some() && teacher.grad(&gradients).is_none());
    let constant = angles(side(student.without_autodiff()), side(teacher.without_autodiff()));
    assert_near("values", &read(constant), &read(tracked), 1e-6, 0.0);
}

#[test]
fn no_samples_have_no_angles() {
    let none = || Tensor::<3>::zeros([3, 0, 0], &device());
    assert_eq!(angles(none(), none()).dims(), [0]);
}

#[test]
#[should_panic(expected = "three square matrices, [3, batch, batch], and not of [2, 4, 4]")]
fn two_matrices_panic() {
    let two = || Tensor::<3>::zeros([2, 4, 4], &device());
    let _ = angles(two(), two());
}

#[test]
#[should_panic(expected = "student and teacher have unequal shapes")]
fn unequal_shapes_panic() {
    let side = |batch| Tensor::<3>::zeros([3, batch, batch], &device());
    let _ = angles(side(2), side(3));
}
