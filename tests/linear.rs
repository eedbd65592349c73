//! Losses on logits that are never made all at once, against the same losses on all the logits.

use burn::tensor::{Bool, DType, Device, FloatDType, Tensor, TensorData};
use kd::{
    DistillLoss, LinearLogits,
    kernels::{Divergence, LinearDivergence, composed_linear},
    soft_label::{JensenShannonLossConfig, ReverseKlLossConfig, SoftLabelLossConfig},
};
use kd_testkit::{assert_close, device, read, resolution, within};

const ROWS: usize = 7;
const VOCAB: usize = 47;

/// Numbers between −1 and 1 that look random, and are exact in every float type.
fn numbers(shape: [usize; 2], seed: usize) -> TensorData {
    let number = |i: usize| f64::from(((i * 73 + seed * 31) % 129) as u32) / 64.0 - 1.0;
    TensorData::new((0..shape[0] * shape[1]).map(number).collect::<Vec<f64>>(), shape)
}

fn tensor(shape: [usize; 2], seed: usize, device: &Device) -> Tensor<2> {
    Tensor::from_data(numbers(shape, seed), (device, DType::F32))
}

/// Hidden sizes of 8 and 12.
fn sides(device: &Device) -> [LinearLogits; 2] {
    let autodiff = device.clone().autodiff();
    let student = LinearLogits::new(
        tensor([ROWS, 8], 1, &autodiff).require_grad(),
        tensor([8, VOCAB], 2, &autodiff).require_grad(),
    );
    let teacher = LinearLogits::new(tensor([ROWS, 12], 3, device), tensor([12, VOCAB], 4, device));
    [student, teacher]
}

fn mask(device: &Device) -> Tensor<1, Bool> {
    let mask = [true, false, true, true, false, false, true];
    Tensor::from_data(TensorData::from(mask), device)
}

/// Value, and the gradients for hidden states and weight.
fn outcome(total: Tensor<1>, student: &LinearLogits) -> [Vec<f64>; 3] {
    let total = total * 3.0; // not 1, so that what comes from above is seen to arrive
    let gradients = total.backward();
    let gradient = |leaf: &Tensor<2>| read(leaf.grad(&gradients).expect("it has a gradient"));
    [read(total), gradient(&student.hidden), gradient(&student.weight)]
}

fn assert_same(what: &str, actual: [Vec<f64>; 3], expected: [Vec<f64>; 3]) {
    for ((part, actual), expected) in ["value", "hidden", "weight"].iter().zip(actual).zip(expected) {
        assert_close(&format!("{what}, {part}"), &actual, &expected, within(1e-5));
    }
}

fn in_chunks_as_at_once<L>(name: &str, loss: L)
where
    L: DistillLoss<LinearLogits> + DistillLoss<Tensor<2>>,
{
    let device = device();
    for rows in [1, 3, 7, 100] {
        let chunked = |student: LinearLogits| student.with_rows_at_once(rows);
        let [student, teacher] = sides(&device);
        let [again, _] = sides(&device);
        let logits = |student: &LinearLogits| (student.clone().logits(), teacher.clone().logits());

        let what = format!("{name}, {rows} rows at once");
        let value = loss.forward(chunked(student.clone()), teacher.clone());
        let (s, t) = logits(&again);
        assert_same(&what, outcome(value, &student), outcome(loss.forward(s, t), &again));

        let value = loss.forward_masked(chunked(student.clone()), teacher.clone(), mask(&device));
        let (s, t) = logits(&again);
        let expected = loss.forward_masked(s, t, mask(&device));
        assert_same(
            &format!("{what}, masked"),
            outcome(value, &student),
            outcome(expected, &again),
        );
    }
}

#[test]
fn kl_in_chunks_is_kl_at_once() {
    in_chunks_as_at_once("SoftLabelLoss", SoftLabelLossConfig::new().init());
}

#[test]
fn divergences_in_chunks_are_the_same_at_once() {
    in_chunks_as_at_once("ReverseKlLoss", ReverseKlLossConfig::new().with_temperature(2.0).init());
    in_chunks_as_at_once("JensenShannonLoss", JensenShannonLossConfig::new().init());
}

#[test]
fn without_autodiff_there_is_a_value() {
    let device = device();
    let loss = SoftLabelLossConfig::new().init();
    let [student, teacher] = sides(&device);
    let student = LinearLogits::new(student.hidden.without_autodiff(), student.weight.without_autodiff());
    let expected = loss.forward(student.clone().logits(), teacher.clone().logits());
    let value = loss.forward(student, teacher);
    assert_close("value", &read(value), &read(expected), within(1e-5));
}

#[test]
fn a_frozen_weight_gets_no_gradient_and_takes_none_from_the_hidden_states() {
    let device = device();
    let loss = SoftLabelLossConfig::new().init();
    let [student, teacher] = sides(&device);
    let all = loss.forward(student.clone(), teacher.clone()).backward();
    let frozen = LinearLogits::new(student.hidden.clone(), student.weight.clone().without_autodiff());
    let hidden_alone = loss.forward(frozen, teacher).backward();
    let gradient = |gradients| read(student.hidden.grad(gradients).expect("the hidden states learn"));
    assert_close("hidden", &gradient(&hidden_alone), &gradient(&all), within(1e-6));
    assert!(student.weight.grad(&hidden_alone).is_none());
}

#[test]
fn nothing_unmasked_is_a_zero() {
    let device = device();
    let [student, teacher] = sides(&device);
    let none = Tensor::from_data(TensorData::from([false; ROWS]), &device);
    let value = SoftLabelLossConfig::new()
        .init()
        .forward_masked(student.clone(), teacher, none);
    for numbers in outcome(value, &student) {
        assert!(numbers.iter().all(|&number| number == 0.0));
    }
}

fn wrong(student: [[usize; 2]; 2], teacher: [[usize; 2]; 2]) {
    let device = device();
    let side =
        |[hidden, weight]: [[usize; 2]; 2]| LinearLogits::new(tensor(hidden, 1, &device), tensor(weight, 2, &device));
    let loss = SoftLabelLossConfig::new().init();
    let _ = DistillLoss::<LinearLogits>::forward(&loss, side(student), side(teacher));
}

#[test]
#[should_panic(
    expected = "the student's hidden states are 8 wide and its weight has 47 rows; logits are hidden · weight"
)]
fn a_transposed_weight_is_named() {
    wrong([[7, 8], [47, 8]], [[7, 8], [8, 47]]);
}

#[test]
#[should_panic(expected = "the student has 7 rows, the teacher 6")]
fn unequal_rows_are_named() {
    wrong([[7, 8], [8, 47]], [[6, 8], [8, 47]]);
}

#[test]
#[should_panic(expected = "the student's vocabulary has 47 entries and the teacher's 48")]
fn unequal_vocabularies_are_named() {
    wrong([[7, 8], [8, 47]], [[7, 8], [8, 48]]);
}

#[test]
#[should_panic(expected = "the teacher's hidden states hold no numbers")]
fn hidden_states_without_numbers_are_named() {
    let device = Device::flex(); // others may not have empty tensors
    let side = |width| [tensor([7, width], 1, &device), tensor([width, 47], 2, &device)];
    let how = LinearDivergence::new(Divergence::ForwardKl, 1.0, 47);
    how.weighted_sum(side(8), side(0), Tensor::ones([7], &device));
}

#[test]
#[should_panic(expected = "0 rows at once never come to an end")]
fn no_rows_at_once_in_the_field_is_named() {
    let [student, teacher] = sides(&device()).map(|side| [side.hidden, side.weight]);
    let how = LinearDivergence {
        rows_at_once: 0,
        ..LinearDivergence::new(Divergence::ForwardKl, 1.0, VOCAB)
    };
    how.weighted_sum(student, teacher, Tensor::ones([ROWS], &device()));
}

#[test]
#[should_panic(expected = "0 rows at once never come to an end")]
fn no_rows_at_once_is_named() {
    let [student, teacher] = sides(&device());
    SoftLabelLossConfig::new()
        .init()
        .forward(student.with_rows_at_once(0), teacher);
}

/// Enough rows, hidden sizes and classes for several threads, none of them a multiple of what these take at once.
fn large_sides(device: &Device) -> [LinearLogits; 2] {
    let autodiff = device.clone().autodiff();
    let student = LinearLogits::new(
        tensor([53, 37], 1, &autodiff).require_grad(),
        tensor([37, 1009], 2, &autodiff).require_grad(),
    );
    let teacher = LinearLogits::new(tensor([53, 41], 3, device), tensor([41, 1009], 4, device));
    [student, teacher]
}

#[test]
fn a_last_chunk_may_be_smaller() {
    let device = device();
    let loss = SoftLabelLossConfig::new().init();
    for rows in [25, 26, 52] {
        let [student, teacher] = large_sides(&device);
        let [again, _] = large_sides(&device);
        let value = loss.forward(student.clone().with_rows_at_once(rows), teacher.clone());
        let expected = loss.forward(again.clone().logits(), teacher.logits());
        let what = format!("53 rows, {rows} at once");
        assert_same(&what, outcome(value, &student), outcome(expected, &again));
    }
}

#[test]
fn a_frozen_weight_in_chunks_takes_no_gradient_from_the_hidden_states() {
    let device = device();
    let loss = SoftLabelLossConfig::new().init();
    let [student, teacher] = large_sides(&device);
    let expected = loss
        .forward(student.clone().logits(), teacher.clone().logits())
        .backward();
    let frozen = LinearLogits::new(student.hidden.clone(), student.weight.clone().without_autodiff());
    let actual = loss.forward(frozen.with_rows_at_once(20), teacher).backward();
    let gradient = |gradients| read(student.hidden.grad(gradients).expect("the hidden states learn"));
    assert_close("hidden", &gradient(&actual), &gradient(&expected), within(1e-5));
    assert!(student.weight.grad(&actual).is_none());
}

/// As a weight may come: made by another operation and held by nobody else, tied to an embedding, cut out, turned around.
#[test]
fn a_weight_may_be_a_view_or_nobody_elses() {
    type View = fn(Tensor<2>) -> Tensor<2>;
    let views: [(&str, View, [usize; 2]); 4] = [
        ("product", |leaf| leaf * 2.0, [37, 1009]),
        ("transposed", Tensor::transpose, [1009, 37]),
        ("cut out", |leaf| leaf.slice([2..39, 5..1014]), [40, 1020]),
        ("turned around", |leaf| leaf.flip([1]), [37, 1009]),
    ];
    let device = device();
    let loss = SoftLabelLossConfig::new().init();
    for (name, view, shape) in views {
        let [student, teacher] = large_sides(&device);
        let gradients = |chunked: bool| {
            let leaf = tensor(shape, 5, &device.clone().autodiff()).require_grad();
            let logits = LinearLogits::new(student.hidden.clone(), view(leaf.clone())).with_rows_at_once(20);
            let value = match chunked {
                true => loss.forward(logits, teacher.clone()),
                false => loss.forward(logits.logits(), teacher.clone().logits()),
            };
            let hidden = student.hidden.clone();
            outcome(value, &LinearLogits::new(hidden, leaf))
        };
        assert_same(name, gradients(true), gradients(false));
    }
}

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
