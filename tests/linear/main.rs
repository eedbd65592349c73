//! Losses on logits that are never made all at once, against the same losses on all the logits.

mod bad_input;
mod types;

use burn::tensor::{Bool, DType, Device, Tensor, TensorData};
use kd::{
    DistillLoss, LinearLogits,
    soft_label::{JensenShannonLossConfig, ReverseKlLossConfig, SoftLabelLossConfig},
};
use kd_testkit::{assert_close, device, read, within};

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
