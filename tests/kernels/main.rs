//! The fused kernels against the same composed of Burn's operations: here the divergences.

mod along;
mod angles;
mod cosine;
mod distances;
mod gram;
mod softplus_sums;
mod unit;
mod unit_distance;

use burn::tensor::{DType, Device, FloatDType, Tensor, TensorData};
use kd::kernels::{Divergence, composed, divergence, is_fused};
use kd_testkit::{device, for_each, read, resolution};
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
    (classes, 1usize..6, -3.0f64..4.0, -6.0f64..0.0, 0.5f64..20.0).prop_flat_map(|(classes, rows, spread, gap, t)| {
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
            // These two have no second order: a probability's last digit is in them as it is.
            let least = match which {
                Divergence::TotalVariation | Divergence::SoftCrossEntropy => 0.1,
                _ => 1e-3,
            };
            assert_near(&what("value"), &single[0], &exact[0], 1e-5, least);
            if which != Divergence::TotalVariation || !nearly_tied(&student, &teacher, t, classes) {
                // Probabilities near 1 are right to 6e-8, and what is left of their difference may be far smaller; so may
                // what is left of terms as large as the divergence.
                let least = exact[0].iter().fold(0.1, |least: f64, value| least.max(value / 10.0));
                assert_near(&what("gradient"), &single[1], &exact[1], 1e-5, least);
            }
        }
    });
}

/// Numbers between −4 and 4 that look random, the same in every run, and which all float types hold exactly.
fn numbers(count: usize, seed: usize) -> Vec<f64> {
    let scrambled = |i: usize| (i + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58;
    (0..count).map(|i| scrambled(i) as f64 / 8.0 - 4.0).collect()
}

/// In f32 on the device under test and in f64 on Flex: values, then gradients.
fn single_and_double(which: Divergence, t: f64, data: [&[f64]; 2], classes: usize) -> [[Vec<f64>; 2]; 2] {
    [(&device(), DType::F32), (&Device::flex(), DType::F64)].map(|on| run(divergence, which, t, data, classes, on))
}

#[test]
fn any_number_of_classes() {
    // A cube has up to 256 units, and the processor 16 lanes and tiles of 512.
    for classes in [1, 2, 15, 16, 17, 31, 32, 33, 63, 65, 255, 256, 257, 511, 512, 513, 3000] {
        let (student, teacher) = (numbers(3 * classes, 1), numbers(3 * classes, 2));
        for which in ALL {
            let [single, double] = single_and_double(which, 2.0, [&student, &teacher], classes);
            let what = format!("{which:?}, {classes} classes");
            assert_near(&what, &single[0], &double[0], 2e-6, 1e-3);
            assert_near(&what, &single[1], &double[1], 2e-6, 1e-1);
        }
    }
}

#[test]
fn any_number_of_rows() {
    // More than a launch can have cubes in one direction.
    let rows = 70_001;
    let (student, teacher) = (numbers(rows * 3, 1), numbers(rows * 3, 2));
    let [single, double] = single_and_double(Divergence::ForwardKl, 2.0, [&student, &teacher], 3);
    let by_row = |gradient: &[f64]| -> Vec<f64> {
        let weighted = gradient.iter().enumerate();
        weighted.map(|(i, slope)| slope / (i / 3 + 1) as f64).collect()
    };
    assert_near("value", &single[0], &double[0], 1e-6, 1e-3);
    assert_near("gradient", &by_row(&single[1]), &by_row(&double[1]), 1e-6, 1e-3);
}

#[test]
fn rows_need_not_be_contiguous() {
    let device = device();
    let (rows, classes) = (5, 37);
    let matrix = |seed| {
        let data = TensorData::new(numbers(rows * classes, seed), [classes, rows]);
        Tensor::<2>::from_data(data, (&device, DType::F32)).transpose()
    };
    for which in ALL {
        let copied = |tensor: Tensor<2>| Tensor::from_data(tensor.into_data(), (&device, DType::F32));
        let transposed = divergence(matrix(1), matrix(2), which, 1.5);
        let contiguous = divergence(copied(matrix(1)), copied(matrix(2)), which, 1.5);
        assert_near(&format!("{which:?}"), &read(transposed), &read(contiguous), 0.0, 0.0);
    }
}

#[test]
fn extreme_logits() {
    const ABSENT: f64 = f64::NEG_INFINITY;
    let rows: [[[f64; 4]; 2]; 8] = [
        [[1.0, ABSENT, 0.0, 2.0], [0.5, ABSENT, 1.0, 0.0]],
        [[1.0, ABSENT, 0.0, 2.0], [0.5, 1.0, 1.0, 0.0]],
        [[1.0, 0.5, 0.0, 2.0], [0.5, ABSENT, 1.0, 0.0]],
        [[1.0, ABSENT, 0.0, 2.0], [ABSENT, 0.5, 1.0, 0.0]],
        [[1e4, -1e4, 0.0, 9999.0], [9999.0, -1e4, 0.0, 1e4]],
        [[1e4, -1e4, 0.0, 1.0], [-1e4, 1e4, 0.0, 1.0]],
        [[f64::NAN, 1.0, 0.0, 2.0], [0.5, 1.0, 1.0, 0.0]],
        [[1.0, 0.5, 0.0, 2.0], [0.5, 1.0, f64::NAN, 0.0]],
    ];
    for which in ALL {
        for [student, teacher] in &rows {
            let [single, double] = single_and_double(which, 1.0, [student, teacher], 4);
            let what = |part| format!("{which:?} of {student:?} to {teacher:?}, {part}");
            assert_near(&what("value"), &single[0], &double[0], 1e-6, 1e-3);
            // A gradient is what is left of probabilities, and of terms as large as the divergence.
            let least = if double[0][0].is_finite() {
                double[0][0].max(0.1)
            } else {
                0.1
            };
            assert_near(&what("gradient"), &single[1], &double[1], 1e-6, least);
        }
    }
}

/// All classes ruled out leave no distribution: that row is not a number, and the rows beside it do not notice.
#[test]
fn a_row_without_classes_is_not_a_number() {
    const ABSENT: f64 = f64::NEG_INFINITY;
    let (absent, rest) = ([ABSENT; 4], [0.5, 1.0, -1.0, 0.0]);
    let beside = [absent.as_slice(), &rest].concat();
    let both = [rest.as_slice(), &[1.0, 0.5, 0.0, 2.0]].concat();
    for which in ALL {
        for [student, teacher] in [[&both, &beside], [&beside, &both], [&beside, &beside]] {
            let [values, gradient] = run(divergence, which, 2.0, [student, teacher], 4, (&device(), DType::F32));
            let what = format!("{which:?} of {student:?} to {teacher:?}: {values:?}, {gradient:?}");
            assert!(values[0].is_nan() && values[1].is_finite(), "{what}");
            assert!(gradient[4..].iter().all(|slope| slope.is_finite()), "{what}");
            // Total variation's slope is a sign, and not a number has none.
            assert!(
                gradient[..4].iter().all(|slope| slope.is_nan() || *slope == 0.0),
                "{what}"
            );
        }
    }
}

#[test]
fn a_masked_row_has_no_gradient() {
    let device = device().autodiff();
    let student = [[f32::NAN, 1.0, 2.0], [0.0, 1.0, 2.0]];
    let student = Tensor::<2>::from_data(student, (&device, DType::F32)).require_grad();
    let teacher = Tensor::<2>::from_data([[0.0f32, 1.0, 0.0]; 2], (&device, DType::F32));
    let values = divergence(student.clone(), teacher, Divergence::ForwardKl, 1.0);
    let second = values.slice(1..2).sum();
    let gradient = read(student.grad(&second.backward()).unwrap());
    assert_eq!(gradient[..3], [0.0; 3]);
    assert!(gradient[3..].iter().all(|slope| slope.is_finite() && *slope != 0.0));
}

#[test]
fn half_precision_is_rounded_once() {
    let device = device();
    let (classes, student, teacher) = (300, numbers(900, 1), numbers(900, 2));
    for dtype in [DType::F16, DType::BF16] {
        if !device.supports_dtype(FloatDType::from(dtype)) {
            assert!(device != Device::flex(), "Flex has {dtype:?}");
            continue;
        }
        for which in ALL {
            let data = [&student[..], &teacher];
            let half = run(divergence, which, 2.0, data, classes, (&device, dtype));
            let double = run(divergence, which, 2.0, data, classes, (&Device::flex(), DType::F64));
            let what = format!("{which:?} in {dtype:?}");
            // The numbers are exact in half precision, and the values are f32.
            assert_near(&what, &half[0], &double[0], 2e-6, 1e-3);
            // The row's weight is multiplied in after the gradient was rounded, and rounded again.
            assert_near(&what, &half[1], &double[1], 1.5 * resolution(dtype), 0.0);
        }
    }
}

#[test]
fn the_device_under_test_is_fused() {
    let device = device();
    assert!(is_fused(&device) && is_fused(&device.clone().autodiff()), "{device:?}");
}
