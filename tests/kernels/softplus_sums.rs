//! Sums over chosen entries.

use burn::tensor::{DType, Device, Int, IntDType, Tensor, TensorData};
use kd::kernels::{composed_softplus_sums, softplus_sums};
use kd_testkit::{computes_in, device, read, resolution};

use crate::{along::value_and_gradient, assert_near, numbers};

type Form = fn(Tensor<2>, Tensor<2, Int>, f64) -> Tensor<1>;

/// Columns of so many samples, some of them twice.
fn chosen([rows, samples, count]: [usize; 3], device: &Device) -> Tensor<2, Int> {
    let columns: Vec<i32> = (0..rows * count).map(|i| (i * i % samples) as i32).collect();
    Tensor::from_data(TensorData::new(columns, [rows, count]), device)
}

/// The sums, and the gradient for the scores.
fn run(form: Form, shape: [usize; 3], shift: f64, on: (&Device, DType)) -> [Vec<f64>; 2] {
    let [rows, samples, _] = shape;
    let scores = TensorData::new(numbers(rows * samples, 1), [rows, samples]);
    let chosen = chosen(shape, &on.0.clone().autodiff());
    value_and_gradient(|scores| form(scores, chosen, shift).unsqueeze_dim::<2>(1), scores, on)
}

const SHAPES: [[usize; 3]; 4] = [[1, 1, 1], [3, 7, 5], [5, 40, 64], [4, 300, 1001]];

#[test]
fn values_and_gradients_are_those_of_the_composed_form() {
    // Burn's own logarithm of a sigmoid is off by a rounding of 1, which is a lot where it is small.
    let shifts: &[f64] = match device() == Device::flex() {
        true => &[0.0, 3.0, -20.0],
        false => &[0.0, 3.0],
    };
    for (shape, shift) in SHAPES
        .into_iter()
        .flat_map(|shape| shifts.iter().map(move |shift| (shape, *shift)))
    {
        let ours = run(softplus_sums, shape, shift, (&device(), DType::F32));
        let expected = run(composed_softplus_sums, shape, shift, (&Device::flex(), DType::F64));
        for (ours, expected) in ours.iter().zip(&expected) {
            assert_near(&format!("{shape:?}, {shift}"), ours, expected, 1e-5, 0.0);
        }
    }
}

#[test]
fn views_and_other_integers_are_read_as_what_they_are() {
    let device = device();
    let plain = Tensor::<2>::from_data(TensorData::new(numbers(60, 1), [10, 6]), (&device, DType::F32));
    let turned = plain.clone().transpose();
    let places = chosen([6, 10, 7], &device);
    let of = |scores: Tensor<2>, places: Tensor<2, Int>| read(softplus_sums(scores, places, 0.5));
    let expected = of(turned.clone() * 1.0, places.clone());
    assert_eq!(of(turned.clone(), places.clone()), expected);
    assert_eq!(
        of(turned.clone(), places.clone().transpose().repeat_dim(1, 1).transpose()),
        expected
    );
    if device == Device::flex() {
        for dtype in [IntDType::I64, IntDType::U8] {
            assert_eq!(of(turned.clone(), places.clone().cast(dtype)), expected, "{dtype:?}");
        }
    }
}

#[test]
fn a_column_that_there_is_not_panics_on_flex() {
    if device() == Device::flex() {
        let device = device();
        let columns = Tensor::<2, Int>::from_ints([[0, 3]], &device);
        let sums = std::panic::catch_unwind(|| softplus_sums(Tensor::ones([1, 3], &device), columns, 0.0));
        assert!(sums.is_err());
    }
}

#[test]
fn every_float_type_has_sums_and_half_precision_is_widened() {
    let device = device();
    for dtype in [DType::F64, DType::F16, DType::BF16] {
        if !computes_in(&device, dtype) {
            assert!(device != Device::flex(), "Flex has {dtype:?}");
            continue;
        }
        let wide = if dtype == DType::F64 { dtype } else { DType::F32 };
        let shape = [5, 40, 64];
        let scores = Tensor::<2>::from_data(TensorData::new(numbers(200, 1), [5, 40]), (&device, dtype));
        assert_eq!(softplus_sums(scores, chosen(shape, &device), 0.0).dtype(), wide);
        let ours = run(softplus_sums, shape, 0.5, (&device, dtype));
        let expected = run(composed_softplus_sums, shape, 0.5, (&Device::flex(), DType::F64));
        let what = |part| format!("{dtype:?}, {part}");
        assert_near(&what("values"), &ours[0], &expected[0], 16.0 * resolution(wide), 0.0);
        assert_near(&what("gradient"), &ours[1], &expected[1], 16.0 * resolution(dtype), 0.0);
    }
}

#[test]
fn a_row_that_is_not_a_number_is_its_own_affair() {
    let device = device();
    let scores = Tensor::<2>::from_floats([[f32::NAN, 1.0], [0.0, 1.0]], &device);
    let sums = read(softplus_sums(scores, chosen([2, 2, 3], &device), 0.0));
    assert!(sums[0].is_nan() && sums[1].is_finite(), "{sums:?}");
}

#[test]
fn a_constant_has_the_same_sums() {
    let device = device();
    let shape = [5, 40, 64];
    let scores = Tensor::<2>::from_data(TensorData::new(numbers(200, 1), [5, 40]), (&device, DType::F32));
    let tracked = softplus_sums(
        scores.clone().autodiff().require_grad(),
        chosen(shape, &device.clone().autodiff()),
        0.5,
    );
    assert_near(
        "sums",
        &read(softplus_sums(scores, chosen(shape, &device), 0.5)),
        &read(tracked),
        1e-6,
        0.0,
    );
}

#[test]
#[should_panic(expected = "scores and what is chosen have unequal numbers of rows")]
fn unequal_rows_panic() {
    let device = device();
    let _ = softplus_sums(Tensor::ones([2, 3], &device), Tensor::zeros([3, 3], &device), 0.0);
}
