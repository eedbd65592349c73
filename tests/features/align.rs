//! How alike layers are: CKA against PyTorch, what it depends on and what not.

use std::{fs, path::Path};

use burn::tensor::{DType, FloatDType, Tensor, TensorData};
use kd::{
    Feature, Features,
    feature::align::{Cka, CkaConfig, Matching, Plan},
};
use kd_testkit::{assert_close, device, within};
use serde::Deserialize;

/// What the issue asks for, in f32.
const CLOSE: f64 = 1e-5;

/// Numbers that look random and are the same on every backend, between −1 and 1.
fn noise(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    // The first few still look like the seed.
    std::iter::repeat_with(next).skip(8).take(count).collect()
}

fn random(seed: u64, samples: usize, width: usize) -> Tensor<2> {
    let data = TensorData::new(noise(seed, samples * width), [samples, width]);
    Tensor::from_data(data, (&device(), DType::F32))
}

fn features<const N: usize>(layers: [(&str, Tensor<2>); N]) -> Features {
    let layers = layers.into_iter();
    layers.fold(Features::new(), |features, (name, layer)| features.with(name, layer))
}

fn between(student: Tensor<2>, teacher: Tensor<2>) -> f64 {
    let mut cka = CkaConfig::new().init();
    cka.update(&features([("s", student)]), &features([("t", teacher)]))
        .unwrap();
    cka.similarity().unwrap().get("s", "t").unwrap()
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.pairs.iter().map(|pair| pair.teacher.as_str()).collect()
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    debiased: bool,
    samples: Vec<usize>,
    student_shapes: Vec<Vec<usize>>,
    teacher_shapes: Vec<Vec<usize>>,
    batches: Vec<[Vec<Vec<f64>>; 2]>,
    cka: Vec<Vec<f64>>,
}

fn feature(numbers: &[f64], samples: usize, shape: &[usize]) -> Feature {
    let shape: Vec<usize> = [&[samples], shape].concat();
    let data = TensorData::new(numbers.to_vec(), shape.clone());
    let device = device();
    match shape.len() {
        2 => Tensor::<2>::from_data(data, (&device, DType::F32)).into(),
        3 => Tensor::<3>::from_data(data, (&device, DType::F32)).into(),
        _ => Tensor::<4>::from_data(data, (&device, DType::F32)).into(),
    }
}

#[test]
fn golden() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/align.json");
    let file: File = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for case in file.cases {
        let mut cka = CkaConfig::new().with_debiased(case.debiased).init();
        for (batch, &samples) in case.batches.iter().zip(&case.samples) {
            let [student, teacher] =
                [(&batch[0], &case.student_shapes), (&batch[1], &case.teacher_shapes)].map(|(layers, shapes)| {
                    let layers = layers.iter().zip(shapes).enumerate();
                    layers.fold(Features::new(), |features, (index, (numbers, shape))| {
                        features.with(index.to_string(), feature(numbers, samples, shape))
                    })
                });
            cka.update(&student, &teacher).unwrap();
        }
        let found: Vec<f64> = cka.similarity().unwrap().values().concat();
        // Absolute: alike is 1, whatever the case's largest is.
        assert_close(&case.name, &found, &case.cka.concat(), within(CLOSE).of_at_least(1.0));
    }
}

/// A network of three layers, each made of the one before.
fn network(seed: u64) -> [(&'static str, Tensor<2>); 3] {
    let weights = |layer: u64, from, to| random(1000 + layer, from, to);
    let first = random(seed, 32, 12).matmul(weights(0, 12, 16)).tanh();
    let second = (first.clone().matmul(weights(1, 16, 16))).tanh();
    let third = (second.clone().matmul(weights(2, 16, 8))).tanh();
    [("first", first), ("second", second), ("third", third)]
}

#[test]
fn a_network_is_aligned_with_itself() {
    let mut cka = CkaConfig::new().init();
    for seed in 0..4 {
        cka.update(&features(network(seed)), &features(network(seed))).unwrap();
    }
    let similarity = cka.similarity().unwrap();
    for (student, teacher, value) in similarity.iter() {
        if student == teacher {
            assert!((value - 1.0).abs() < CLOSE, "{student}: {value}");
        } else {
            assert!(value < 0.99, "{student}, {teacher}: {value}");
        }
    }
    for matching in [Matching::Monotone, Matching::OneToOne, Matching::BestForEach] {
        let plan = similarity.plan(matching).unwrap();
        assert_eq!(names(&plan), ["first", "second", "third"], "{matching:?}");
    }
}

/// The teacher's layers are the student's in another order, mirrored, shifted or doubled, with one more among them.
#[test]
fn a_known_permutation_is_recovered() {
    let mut cka = CkaConfig::new().init();
    for seed in 0..4 {
        let student = network(seed);
        let [(_, first), (_, second), (_, third)] = student.clone();
        let teacher = [
            ("of third", third.clone() * -3.0),
            ("of none", random(99 + seed, 32, 6)),
            ("of first", first * 0.1 + 5.0),
            ("of second", Tensor::cat(vec![second.clone(), second], 1)),
        ];
        cka.update(&features(student), &features(teacher)).unwrap();
    }
    let similarity = cka.similarity().unwrap();
    for matching in [Matching::OneToOne, Matching::BestForEach] {
        let plan = similarity.plan(matching).unwrap();
        assert_eq!(names(&plan), ["of first", "of second", "of third"], "{matching:?}");
        assert!(plan.pairs.iter().all(|pair| pair.similarity.unwrap() > 1.0 - CLOSE));
    }
}

#[test]
fn turning_scaling_and_shifting_change_nothing_and_stretching_does() {
    let (x, y) = (
        random(1, 16, 3),
        random(2, 16, 5) + random(1, 16, 3).matmul(random(3, 3, 5)),
    );
    let expected = between(x.clone(), y.clone());
    let (sin, cos) = 0.7f32.sin_cos();
    let turn = Tensor::<2>::from_floats([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, -1.0]], &device());
    for (what, same) in [
        ("turned", x.clone().matmul(turn)),
        ("scaled", x.clone() * -40.0),
        ("shifted", x.clone() + 10.0),
    ] {
        let found = between(same, y.clone());
        assert!((found - expected).abs() < CLOSE, "{what}: {found} and not {expected}");
    }
    let stretch = Tensor::<2>::from_floats([[9.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], &device());
    assert!((between(x.matmul(stretch), y) - expected).abs() > 100.0 * CLOSE);
}

/// What the bias is: 8 samples in 256 dimensions are all far from one another, on both sides.
#[test]
fn layers_with_nothing_in_common_seem_alike_only_to_the_biased_estimate() {
    let of = |debiased| {
        let mut cka = CkaConfig::new().with_debiased(debiased).init();
        for seed in 0..50 {
            let (student, teacher) = (random(2 * seed, 8, 256), random(2 * seed + 1, 8, 256));
            cka.update(&features([("s", student)]), &features([("t", teacher)]))
                .unwrap();
        }
        cka.similarity().unwrap().values()[0][0]
    };
    let (debiased, biased) = (of(true), of(false));
    // 50 batches of 20 free numbers each leave a standard deviation of about 1 / √1000.
    assert!(debiased.abs() < 0.15, "{debiased}");
    assert!(biased > 0.9, "{biased}");
}

#[test]
fn constant_layers_are_like_nothing_and_never_nan() {
    // Sums of these many times this number are rounded, and the mean is not the number.
    for (n, constant) in [(6, 0.1), (7, 0.3), (11, 0.7), (13, 1e5 / 3.0)] {
        let full = Tensor::<2>::full([n, 4], constant, &device());
        let zero = Tensor::<2>::zeros([n, 3], &device());
        // One sample differs: a Gram matrix without its diagonal does not see it.
        let one = Tensor::cat(vec![full.clone().narrow(0, 0, n - 1), random(2, 1, 4)], 0);
        let layers = [("x", random(1, n, 4)), ("constant", full), ("zero", zero), ("one", one)];
        for debiased in [true, false] {
            let mut cka = CkaConfig::new().with_debiased(debiased).init();
            cka.update(&features(layers.clone()), &features(layers.clone()))
                .unwrap();
            let similarity = cka.similarity().unwrap();
            for (student, teacher, value) in similarity.iter() {
                let nothing = |name| name == "constant" || name == "zero" || (name == "one" && debiased);
                if nothing(student) || nothing(teacher) {
                    assert_eq!(
                        value, 0.0,
                        "{student}, {teacher}, {n} of {constant}, debiased {debiased}"
                    );
                } else {
                    assert!(value.is_finite());
                }
            }
            assert!(similarity.plan(Matching::OneToOne).is_ok());
        }
    }
}

/// Products of numbers of this size are beyond f16.
#[test]
fn half_precision_is_widened() {
    if !device().supports_dtype(FloatDType::F16) {
        return;
    }
    let (half, other) = ((random(1, 8, 4) * 1000.0).cast(FloatDType::F16), random(2, 8, 4));
    let whole = between(half.clone().cast(FloatDType::F32), other.clone());
    assert_eq!(between(half.clone(), other.clone()), whole);
    let whole = between(other.clone(), half.clone().cast(FloatDType::F32));
    assert_eq!(between(other, half), whole);
}

#[test]
fn nan_in_is_nan_out_and_nowhere_else() {
    let broken = random(1, 6, 4).slice_fill([2..3, 1..2], f32::NAN);
    let student = features([("broken", broken), ("whole", random(2, 6, 4))]);
    let mut cka = CkaConfig::new().init();
    cka.update(&student, &features([("t", random(3, 6, 4))])).unwrap();
    let similarity = cka.similarity().unwrap();
    assert!(similarity.get("broken", "t").unwrap().is_nan());
    assert!(similarity.get("whole", "t").unwrap().is_finite());
    assert!(similarity.plan(Matching::Monotone).is_err());
}

#[test]
fn what_cannot_be_compared_is_an_error_that_says_why() {
    let update = |cka: &mut Cka, samples, name| {
        let side = features([(name, random(1, samples, 4))]);
        cka.update(&side, &side).map_err(|error| error.to_string())
    };
    let mut cka = CkaConfig::new().init();
    assert!(
        cka.similarity()
            .unwrap_err()
            .to_string()
            .contains("the number of batches is 0")
    );
    let error = update(&mut cka, 3, "a").unwrap_err();
    assert!(
        error.contains("the number of samples in a batch is 3, but must be at least 4"),
        "{error}"
    );
    let error = update(&mut CkaConfig::new().with_debiased(false).init(), 1, "a").unwrap_err();
    assert!(error.contains("is 1, but must be at least 2"), "{error}");

    update(&mut cka, 4, "a").unwrap();
    let before = cka.similarity().unwrap();
    let error = update(&mut cka, 4, "b").unwrap_err();
    assert!(
        error.starts_with("the student's layers were 'a' and now are 'b'"),
        "{error}"
    );
    assert_eq!((cka.batches(), cka.similarity().unwrap()), (1, before));
}

#[test]
#[should_panic(expected = "layer 't' has 6 samples and 's' has 5")]
fn unequal_batches_panic() {
    let student = features([("s", random(1, 5, 4))]);
    let _ = CkaConfig::new()
        .init()
        .update(&student, &features([("t", random(2, 6, 4))]));
}
