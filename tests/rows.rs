//! The row-wise numerics against what can be worked out by hand.

use burn::tensor::{DType, FloatDType, Tensor, TensorData};
use kd::rows;
use kd_testkit::{assert_close, device, read, within};

fn tensor<const D: usize>(values: &[f64], shape: [usize; D]) -> Tensor<D> {
    let data = TensorData::new(values.to_vec(), shape);
    Tensor::from_data(data, (&device().autodiff(), DType::F32))
}

/// p = (1/2, 1/4, 1/4) and q = (1/4, 1/4, 1/2): KL(p ‖ q) = log 2 / 2 − log 2 / 4, and the other way round the same; so
/// a third distribution, r = (1/2, 1/2 − ε, ε), tells the directions apart.
#[test]
fn the_direction_of_kl_is_from_the_first_to_the_second() {
    let p: [f64; 3] = [0.5, 0.25, 0.25];
    let r: [f64; 3] = [0.5, 0.49, 0.01];
    let by_hand = |p: [f64; 3], q: [f64; 3]| (0..3).map(|i| p[i] * (p[i] / q[i]).ln()).sum::<f64>();
    let logs = |p: [f64; 3]| tensor(&p.map(f64::ln), [1, 3]);
    let forward = read(rows::kl(logs(p), logs(r)));
    let reverse = read(rows::kl(logs(r), logs(p)));
    assert_close("forward", &forward, &[by_hand(p, r)], within(1e-6));
    assert_close("reverse", &reverse, &[by_hand(r, p)], within(1e-6));
    assert!(forward[0] > 1.5 * reverse[0]);
}

/// Where p and q nearly agree the textbook's sum, which is not made of small terms, has two digits less.
#[test]
fn kl_keeps_its_digits_where_distributions_nearly_agree() {
    let width = 1000;
    let teacher: Vec<f64> = (0..width).map(|i| f64::from(i * 37 % 101) / 16.0).collect();
    let nudge = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 } / 16.0;
    let student: Vec<f64> = teacher.iter().enumerate().map(|(i, z)| z + nudge(i)).collect();

    let log_soften = |z: &[f64]| {
        let total: f64 = z.iter().map(|z| (z / 20.0).exp()).sum();
        z.iter().map(|z| z / 20.0 - total.ln()).collect::<Vec<_>>()
    };
    let (p, q) = (log_soften(&teacher), log_soften(&student));
    let truth: f64 = p.iter().zip(&q).map(|(p, q)| p.exp() * (p - q)).sum();

    let shape = [1, width as usize];
    let kl = rows::kl(
        rows::log_soften(tensor(&teacher, shape), 20.0),
        rows::log_soften(tensor(&student, shape), 20.0),
    );
    assert_close("kl", &read(kl), &[truth], within(1e-2));
}

#[test]
fn a_class_missing_from_the_student_alone_is_infinitely_far() {
    let p = rows::log_soften(tensor(&[0.0, 0.0], [1, 2]), 1.0);
    let q = rows::log_soften(tensor(&[0.0, f64::NEG_INFINITY], [1, 2]), 1.0);
    assert_eq!(read(rows::kl(p, q)), [f64::INFINITY]);
}

#[test]
fn nan_in_nan_out() {
    let p = rows::log_soften(tensor(&[0.0, 0.0], [1, 2]), 1.0);
    let q = rows::log_soften(tensor(&[0.0, f64::NAN], [1, 2]), 1.0);
    assert!(read(rows::kl(p, q))[0].is_nan());
}

#[test]
fn softened_rows_are_distributions() {
    let logits = tensor(&[1e4, -1e4, 3.0, 1.0, 2.0, f64::NEG_INFINITY], [2, 3]);
    let probs = read(rows::soften(logits, 2.0));
    assert_close("first row", &probs[..3], &[1.0, 0.0, 0.0], within(1e-6));
    let e = 0.5f64.exp();
    assert_close(
        "second row",
        &probs[3..],
        &[1.0 / (1.0 + e), e / (1.0 + e), 0.0],
        within(1e-6),
    );
}

#[test]
fn masks_flatten_in_the_order_of_rows() {
    let values = tensor(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3]);
    let mask = rows::flatten_mask(values.clone().greater_elem(2.5));
    let rows = rows::flatten_rows(values.reshape([2, 3, 1])).squeeze_dim(1);
    let sum = rows::masked_sum(rows, mask);
    assert_eq!(read(sum.sum), [18.0]);
    assert_eq!(read(sum.count), [4.0]);
}

/// bf16 has no 257: a count in it would stop at 256.
#[test]
fn half_precision_is_counted_in_single() {
    if !device().supports_dtype(FloatDType::BF16) {
        return;
    }
    let values = tensor(&[1.0; 300], [300]);
    let mask = values.clone().greater_elem(0.0);
    let sum = rows::masked_sum(values.cast(FloatDType::BF16), mask);
    assert_eq!((read(sum.sum), read(sum.count)), (vec![300.0], vec![300.0]));
}

#[test]
fn what_is_masked_out_may_be_nan() {
    let values = tensor(&[1.0, f64::NAN, 3.0], [3]).require_grad();
    let mask = values.clone().is_nan().bool_not();
    let mean = rows::masked_mean(values.clone(), mask);
    let gradient = values.grad(&mean.backward()).unwrap();
    assert_eq!(read(mean), [2.0]);
    assert_eq!(read(gradient), [0.5, 0.0, 0.5]);
}

#[test]
fn a_padded_vocabulary_is_the_vocabulary() {
    let student = tensor(&[1.0, 2.0, 0.5, 7.0, 7.0], [1, 5]).require_grad();
    let teacher = tensor(&[0.0, 3.0, 1.0, 9.0], [1, 4]);
    let kl = |student, teacher| rows::kl(rows::log_soften(teacher, 2.0), rows::log_soften(student, 2.0));
    let value = kl(
        rows::rule_out_padding(student.clone(), 3),
        rows::pad_classes(rows::rule_out_padding(teacher.clone(), 3), 5),
    );
    let expected = kl(student.clone().narrow(1, 0, 3), teacher.narrow(1, 0, 3));
    assert_close("value", &read(value.clone()), &read(expected), within(1e-6));
    let gradient = read(student.grad(&value.backward()).expect("the student has a gradient"));
    assert!(
        gradient[..3].iter().all(|&g| g != 0.0) && gradient[3..] == [0.0, 0.0],
        "{gradient:?}"
    );
}

#[test]
#[should_panic(expected = "rule_out_padding: 6 of 5 classes cannot be valid")]
fn more_valid_classes_than_there_are_is_named() {
    rows::rule_out_padding(tensor(&[0.0; 5], [1, 5]), 6);
}

#[test]
#[should_panic(expected = "pad_classes: 5 classes cannot be padded to 4")]
fn padding_to_less_is_named() {
    rows::pad_classes(tensor(&[0.0; 5], [1, 5]), 4);
}
