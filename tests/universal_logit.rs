//! Two vocabularies: what the golden format, with one width for both sides, cannot hold.

use burn::tensor::{DType, Tensor, TensorData};
use kd::{
    prelude::*,
    soft_label::{UldLoss, UldLossConfig},
};
use kd_testkit::{assert_close, device, read, within};

fn logits(values: &[f64], width: usize) -> Tensor<2> {
    let data = TensorData::new(values.to_vec(), [values.len() / width, width]);
    Tensor::from_data(data, (&device().autodiff(), DType::F32))
}

fn uld() -> UldLoss {
    UldLossConfig::new().init()
}

/// Classes that one side lacks are classes of probability 0: by another shape, or by a logit of −∞.
#[test]
fn a_shorter_vocabulary_is_one_with_absent_classes() {
    let wide = [0.5, -1.0, 2.0, 0.0, 3.0, 1.5, -0.5, 1.0];
    let narrow = [1.0, -2.0, 0.25, 0.75];
    let none = f64::NEG_INFINITY;
    let padded = [1.0, -2.0, none, none, 0.25, 0.75, none, none];
    let run = |student: Tensor<2>, teacher: Tensor<2>| {
        let student = student.require_grad();
        let values = uld().per_sample(student.clone(), teacher);
        let gradient = student.grad(&values.clone().mean().backward()).unwrap();
        (read(values), read(gradient))
    };

    let (values, gradient) = run(logits(&wide, 4), logits(&narrow, 2));
    let (expected, expected_gradient) = run(logits(&wide, 4), logits(&padded, 4));
    assert_close("wide student", &values, &expected, within(1e-6));
    assert_close("its gradient", &gradient, &expected_gradient, within(1e-6));

    let (values, gradient) = run(logits(&narrow, 2), logits(&wide, 4));
    let (expected, of_padded) = run(logits(&padded, 4), logits(&wide, 4));
    let expected_gradient = [of_padded[0], of_padded[1], of_padded[4], of_padded[5]];
    assert_close("narrow student", &values, &expected, within(1e-6));
    assert_close("its gradient", &gradient, &expected_gradient, within(1e-6));
}

/// Which class is which has no say: (3/4, 1/4) and (1/4, 3/4, 0) are the same.
#[test]
fn only_the_spread_counts() {
    let three_quarters = 3f64.ln();
    let student = logits(&[three_quarters, 0.0], 2);
    let teacher = logits(&[0.0, three_quarters, -99.0], 3);
    let value = read(uld().per_sample(student.clone(), teacher))[0];
    assert!(value.abs() < 1e-6, "{value}");

    // (3/4, 1/4, 0) and (1/3, 1/3, 1/3): 5/12 + 1/12 + 1/3.
    let value = read(uld().per_sample(student, logits(&[0.0; 3], 3)));
    assert_close("value", &value, &[10.0 / 12.0], within(1e-6));
}

#[test]
#[should_panic(expected = "UldLoss: the student has shape [2, 3] and the teacher [1, 4]; they differ at axis 0")]
fn unequal_batches() {
    uld().forward(logits(&[0.0; 6], 3), logits(&[0.0; 4], 4));
}
