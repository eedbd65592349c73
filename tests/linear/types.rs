//! Double and half precision, and types that differ; and rows that do not count.

use burn::tensor::FloatDType;
use kd::kernels::{Divergence, LinearDivergence, composed_linear};
use kd_testkit::resolution;

use super::*;

#[test]
fn double_precision_is_kept() {
    let device = Device::flex(); // others may not have it
    let autodiff = device.clone().autodiff();
    let double = |shape, seed, device: &Device| Tensor::<2>::from_data(numbers(shape, seed), (device, DType::F64));
    let leaf = |shape, seed| double(shape, seed, &autodiff).require_grad();
    let student = || LinearLogits::new(leaf([53, 37], 1), leaf([37, 1009], 2)).with_rows_at_once(20);
    let teacher = LinearLogits::new(double([53, 41], 3, &device), double([41, 1009], 4, &device));
    let loss = SoftLabelLossConfig::new().init();
    let (chunked, again) = (student(), student());
    let actual = outcome(loss.forward(chunked.clone(), teacher.clone()), &chunked);
    let expected = outcome(loss.forward(again.clone().logits(), teacher.logits()), &again);
    for (actual, expected) in actual.iter().zip(&expected) {
        assert_close("in f64", actual, expected, within(1e-13));
    }
}

fn half_precision(device: &Device) -> impl Iterator<Item = DType> {
    let half = [DType::F16, DType::BF16].into_iter();
    half.filter(|&dtype| device.supports_dtype(FloatDType::from(dtype)))
}

/// A teacher in half precision, as one keeps a large one. Its logits are exact there: a column of powers of two times numbers
/// of seven bits.
#[test]
fn student_and_teacher_may_be_of_unequal_types() {
    let device = device();
    let powers = (0..ROWS).map(|row| 0.5f64.powi(row as i32 % 3)).collect::<Vec<_>>();
    let powers = TensorData::new(powers, [ROWS, 1]);
    let teacher = |dtype| {
        LinearLogits::new(
            Tensor::from_data(powers.clone(), (&device, dtype)),
            Tensor::from_data(numbers([1, VOCAB], 4), (&device, dtype)),
        )
    };
    let loss = SoftLabelLossConfig::new().init();
    let of = |dtype, rows| {
        let [student, _] = sides(&device);
        let value = loss.forward(student.clone().with_rows_at_once(rows), teacher(dtype));
        outcome(value, &student)
    };
    for dtype in half_precision(&device) {
        for rows in [3, 100] {
            let what = format!("a teacher in {dtype:?}, {rows} rows at once");
            assert_same(&what, of(dtype, rows), of(DType::F32, rows));
        }
    }
}

/// Half precision holds these numbers exactly, and is widened where it meets f32.
#[test]
fn hidden_states_and_weight_may_be_of_unequal_types() {
    let device = device();
    let autodiff = device.clone().autodiff();
    let loss = SoftLabelLossConfig::new().init();
    let of = |hidden: DType, weight: DType| {
        let leaf = |shape, seed, dtype| Tensor::<2>::from_data(numbers(shape, seed), (&autodiff, dtype)).require_grad();
        let student = LinearLogits::new(leaf([ROWS, 8], 1, hidden), leaf([8, VOCAB], 2, weight));
        let teacher = LinearLogits::new(leaf([ROWS, 12], 3, weight), leaf([12, VOCAB], 4, hidden));
        outcome(loss.forward(student.clone(), teacher), &student)
    };
    let exact = of(DType::F32, DType::F32);
    for dtype in half_precision(&device) {
        for (hidden, weight) in [(dtype, DType::F32), (DType::F32, dtype)] {
            let parts = ["value", "hidden", "weight"].into_iter().zip(of(hidden, weight));
            for ((part, actual), expected) in parts.zip(&exact) {
                // A leaf's gradient is of the leaf's type, to which it is rounded once for the sum and once for the factor 3.
                let what = format!("{hidden:?} · {weight:?}, {part}");
                assert_close(&what, &actual, expected, within(resolution(dtype)));
            }
        }
    }
}

type Form = fn(LinearDivergence, [Tensor<2>; 2], [Tensor<2>; 2], Tensor<1>) -> Tensor<1>;

/// With these weights of rows, and what makes their sum a number near 1 multiplied in afterwards.
fn weighted(form: Form, [student, teacher]: &[LinearLogits; 2], weights: Tensor<1>, factor: f64) -> [Vec<f64>; 3] {
    let side = |logits: &LinearLogits| [logits.hidden.clone(), logits.weight.clone()];
    let how = LinearDivergence::new(Divergence::ForwardKl, 1.0, 1009).with_rows_at_once(20);
    let value = form(how, side(student), side(teacher), weights) * factor;
    let gradients = value.backward();
    let gradient = |leaf: &Tensor<2>| {
        let gradient = leaf.grad(&gradients).expect("it has a gradient");
        assert_eq!(gradient.dtype(), leaf.dtype());
        read(gradient)
    };
    [read(value), gradient(&student.hidden), gradient(&student.weight)]
}

fn large_sides_in(device: &Device, dtype: DType) -> [LinearLogits; 2] {
    large_sides(device).map(|side| {
        let [hidden, weight] = [side.hidden, side.weight].map(|tensor| tensor.without_autodiff().cast(dtype));
        let autodiff = device.clone().autodiff();
        let leaf = |tensor: Tensor<2>| Tensor::from_data(tensor.into_data(), (&autodiff, dtype)).require_grad();
        LinearLogits::new(leaf(hidden), leaf(weight))
    })
}

/// With a million rows each weighs a millionth, and a gradient of that size is 0 in f16.
#[test]
fn many_rows_leave_half_precision_its_gradients() {
    let device = device();
    let millionths = || Tensor::<1>::full([53], 1e-6, (&device, DType::F32));
    let of = |dtype| {
        weighted(
            LinearDivergence::weighted_sum,
            &large_sides_in(&device, dtype),
            millionths(),
            1e6 / 53.0,
        )
    };
    let exact = of(DType::F32);
    for dtype in half_precision(&device) {
        let parts = ["value", "hidden", "weight"].into_iter().zip(of(dtype));
        for ((part, actual), expected) in parts.zip(&exact) {
            // Logits of up to 8 are rounded by half a step, 4 times the resolution of 1, on both sides of a difference.
            let what = format!("{dtype:?}, {part}");
            assert_close(&what, &actual, expected, within(8.0 * resolution(dtype)));
        }
    }
}

#[test]
fn a_row_without_weight_may_be_nan() {
    let device = device();
    let mut weights = [1.0f32 / 52.0; 53];
    weights[30] = 0.0;
    let weights = || Tensor::<1>::from_data(TensorData::from(weights), &device);
    let forms: [(&str, Form); 2] = [
        ("in chunks", LinearDivergence::weighted_sum),
        ("at once", composed_linear),
    ];
    for dtype in half_precision(&device).chain([DType::F32]) {
        for (name, form) in forms {
            let of = |number: f64| {
                let sides = large_sides_in(&device, dtype).map(|side| {
                    let hidden = side.hidden.without_autodiff().slice_fill([30..31, 0..37], number);
                    let autodiff = device.clone().autodiff();
                    let hidden = Tensor::from_data(hidden.into_data(), (&autodiff, dtype)).require_grad();
                    LinearLogits::new(hidden, side.weight)
                });
                weighted(form, &sides, weights(), 1.0)
            };
            assert_same(&format!("{name}, {dtype:?}"), of(f64::NAN), of(0.5));
        }
    }
}
