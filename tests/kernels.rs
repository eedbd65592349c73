//! The fused kernels against the same divergences composed of Burn's operations.

use burn::tensor::{DType, Device, Tensor, TensorData};
use kd::kernels::{Divergence, composed, divergence, is_fused};
use kd_testkit::{device, for_each, read};
use proptest::prelude::*;

const ALL: [Divergence; 11] = [
    Divergence::ForwardKl,
    Divergence::ReverseKl,
    Divergence::SymmetricKl { forward: 0.3 },
    Divergence::JensenShannon { beta: 0.5 },
    Divergence::JensenShannon { beta: 0.01 },
    Divergence::JensenShannon { beta: 0.9 },
    Divergence::SkewKl { alpha: 0.1 },
    Divergence::SkewKl { alpha: 0.9 },
    Divergence::SkewReverseKl { alpha: 0.1 },
    Divergence::TotalVariation,
    Divergence::SoftCrossEntropy,
];

type Form = fn(Tensor<2>, Tensor<2>, Divergence, f64) -> Tensor<1>;

/// Values, and the gradient of their sum weighted by the row's number.
fn run(
    form: Form,
    which: Divergence,
    t: f64,
    data: [&[f64]; 2],
    classes: usize,
    on: (&Device, DType),
) -> [Vec<f64>; 2] {
    let rows = data[0].len() / classes;
    let device = on.0.clone().autodiff();
    let [student, teacher] =
        data.map(|numbers| Tensor::<2>::from_data(TensorData::new(numbers.to_vec(), [rows, classes]), (&device, on.1)));
    let student = student.require_grad();
    let values = form(student.clone(), teacher, which, t);
    let weights: Vec<f64> = (1..=rows).map(|row| row as f64).collect();
    let weights = Tensor::from_data(TensorData::new(weights, [rows]), (&device, values.dtype()));
    let gradient = student.grad(&(values.clone() * weights).sum().backward());
    [read(values), read(gradient.expect("the student has a gradient"))]
}

/// Equal to `tolerance` of the largest entry, or of `least` if that is larger.
fn assert_near(what: &str, actual: &[f64], expected: &[f64], tolerance: f64, least: f64) {
    let scale = expected.iter().fold(least, |scale, number| scale.max(number.abs()));
    for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
        let near = a == e || (a.is_nan() && e.is_nan()) || (a - e).abs() <= tolerance * scale;
        assert!(near, "{what}: entry {i} is {a:e}, expected {e:e} (largest {scale:e})");
    }
}

/// Whether a class has nearly the same probability on both sides: where the total variation has a kink, and its slope hangs
/// on the last digit.
fn nearly_tied(student: &[f64], teacher: &[f64], t: f64, classes: usize) -> bool {
    let log_sum = |row: &[f64]| row.iter().map(|z| (z / t).exp()).sum::<f64>().ln();
    let rows = student.chunks(classes).zip(teacher.chunks(classes));
    rows.into_iter().any(|(s, q)| {
        let offset = log_sum(s) - log_sum(q);
        s.iter().zip(q).any(|(s, q)| ((s - q) / t - offset).abs() < 1e-5)
    })
}

/// Odd widths, near and far apart, sharp and flat.
fn batches() -> impl Strategy<Value = (usize, Vec<f64>, Vec<f64>, f64)> {
    let classes = prop_oneof![1usize..40, 40usize..400];
    (classes, 1usize..6, -3.0f64..4.0, -6.0f64..1.0, 0.5f64..20.0).prop_flat_map(|(classes, rows, spread, gap, t)| {
        // z / T of more than some 20 is itself no longer right to 1e-6 in single precision.
        let (spread, gap) = (10f64.powf(spread / 3.0).min(7.0 * t), 10f64.powf(gap));
        let normal = prop::collection::vec(-3.0f64..3.0, rows * classes);
        (normal.clone(), normal).prop_map(move |(teacher, noise)| {
            let single = |number: f64| f64::from(number as f32);
            let teacher: Vec<f64> = teacher.into_iter().map(|number| single(number * spread)).collect();
            let student = teacher
                .iter()
                .zip(noise)
                .map(|(z, noise)| single(z + noise * gap * spread));
            (classes, student.collect(), teacher, t)
        })
    })
}

#[test]
fn double_precision_is_the_composed_form() {
    let device = Device::flex();
    for_each(batches(), |(classes, student, teacher, t)| {
        for which in ALL {
            let run = |form| run(form, which, t, [&student, &teacher], classes, (&device, DType::F64));
            let [actual, expected] = [run(divergence as Form), run(composed)];
            let what = |part| format!("{which:?} at T = {t}, {classes} classes, {part}");
            assert_near(&what("value"), &actual[0], &expected[0], 1e-9, 1e-3);
            assert_near(&what("gradient"), &actual[1], &expected[1], 1e-9, 1e-3);
        }
    });
}

#[test]
fn single_precision_is_what_double_gives() {
    let device = device();
    for_each(batches(), |(classes, student, teacher, t)| {
        for which in ALL {
            let exact = run(
                divergence,
                which,
                t,
                [&student, &teacher],
                classes,
                (&Device::flex(), DType::F64),
            );
            let single = run(
                divergence,
                which,
                t,
                [&student, &teacher],
                classes,
                (&device, DType::F32),
            );
            let what = |part| format!("{which:?} at T = {t}, {classes} classes, {part}");
            // The total variation has no second order: a probability's last digit is in it as it is.
            let least = if which == Divergence::TotalVariation { 0.1 } else { 1e-3 };
            assert_near(&what("value"), &single[0], &exact[0], 1e-5, least);
            if which != Divergence::TotalVariation || !nearly_tied(&student, &teacher, t, classes) {
                // Probabilities near 1 are right to 6e-8, and what is left of their difference may be far smaller.
                assert_near(&what("gradient"), &single[1], &exact[1], 1e-5, 0.1);
            }
        }
    });
}

#[test]
fn the_device_under_test_is_fused() {
    let device = device();
    assert!(is_fused(&device) && is_fused(&device.clone().autodiff()), "{device:?}");
}
