//! The average of weights, against its closed form; what it leaves alone; what it says to bad input.

use std::{fs, path::PathBuf};

use burn::{
    module::{Module, Param, ParamId},
    nn::{BatchNormConfig, LinearConfig},
    tensor::{Bool, DType, Device, FloatDType, Int, Tensor, TensorData},
};
use kd::{
    prelude::*,
    self_distillation::{Buffers, Ema, EmaConfig},
};
use kd_testkit::{assert_close, contents, device, laws, read, within};

use crate::{
    folder::Folder,
    network::{Network, input, step},
};

/// A parameter of every kind.
#[derive(Module, Debug)]
struct Kinds {
    float: Param<Tensor<1>>,
    int: Param<Tensor<1, Int>>,
    bool: Param<Tensor<1, Bool>>,
}

impl Kinds {
    fn new(float: [f32; 3], int: [i32; 2], bool: [bool; 2], device: &Device) -> Self {
        let bool = Tensor::from_data(TensorData::from(bool), device);
        Self {
            float: Param::from_tensor(Tensor::from_floats(float, device)),
            int: Param::initialized(ParamId::new(), Tensor::from_ints(int, device)),
            bool: Param::initialized(ParamId::new(), bool),
        }
    }

    /// Whose weights are a function of the step alone.
    fn at(step: usize, device: &Device) -> Self {
        let x = step as f32;
        let float = [x.sin(), 3.0 * (2.0 * x).cos(), 100.0 + x];
        Self::new(float, [step as i32, 7], [step.is_multiple_of(2), true], device)
    }

    fn floats(&self) -> Vec<f64> {
        read(self.float.val())
    }
}

/// θ'ₙ = Π aₜ · θ₀ + Σᵢ (1 − aᵢ) · Π_{t > i} aₜ · θᵢ, with f64 all along.
fn closed_form(decays: &[f64], start: &[f64], students: &[Vec<f64>]) -> Vec<f64> {
    let product = |from: usize| decays[from..].iter().product::<f64>();
    let one = |index: usize| {
        let first = product(0) * start[index];
        let rest = students.iter().enumerate();
        first
            + rest
                .map(|(i, student)| (1.0 - decays[i]) * product(i + 1) * student[index])
                .sum::<f64>()
    };
    (0..start.len()).map(one).collect()
}

#[test]
fn it_is_the_closed_form() {
    let device = device().autodiff();
    let steps = 30;
    let configs = [
        (EmaConfig::new().with_warm_up(false), vec![0.999; steps]),
        (
            EmaConfig::new().with_warm_up(false).with_decay(0.5.into()),
            vec![0.5; steps],
        ),
        (
            EmaConfig::new()
                .with_warm_up(false)
                .with_decay(Schedule::linear(0.0, 0.9, 9)),
            (0..steps).map(|t| (0.1 * t as f64).min(0.9)).collect(),
        ),
        (
            EmaConfig::new().with_decay(0.6.into()),
            // (1 + t) / (10 + t) is 0.6 at t = 12.5.
            (0..steps)
                .map(|t| if t < 13 { (1 + t) as f64 / (10 + t) as f64 } else { 0.6 })
                .collect(),
        ),
    ];
    for (config, decays) in configs {
        let start = Kinds::at(0, &device);
        let mut ema = config.init(&start);
        let mut students = Vec::new();
        for t in 0..steps {
            let student = Kinds::at(t + 1, &device);
            ema.update(&student);
            students.push(student.floats());
        }
        let expected = closed_form(&decays, &start.floats(), &students);
        // Each step rounds a number of at most 130 three times.
        let rounding = 3.0 * steps as f64 * f64::from(f32::EPSILON);
        assert_close("average", &ema.module().floats(), &expected, within(rounding));
        assert_eq!(ema.step(), steps);
    }
}

/// With the shares the wrong way round, it would be near the student.
#[test]
fn the_decay_is_what_is_kept() {
    let device = device();
    let mut ema = EmaConfig::new()
        .with_warm_up(false)
        .init(&Kinds::new([1.0, 0.0, 0.0], [0; 2], [true; 2], &device));
    ema.update(&Kinds::new([2.0, 0.0, 0.0], [0; 2], [true; 2], &device));
    assert_close("average", &ema.module().floats()[..1], &[1.001], within(1e-6));
}

#[test]
fn of_weights_that_stand_still_it_is_these_weights() {
    let device = device().autodiff();
    let student = Network::new(&device);
    let mut ema = EmaConfig::new().init(&student);
    for _ in 0..5 {
        ema.update(&student);
    }
    assert_eq!(contents(ema.module()), contents(&student.valid()));
}

/// There is nothing between two integers, and no average of two truths.
#[test]
fn integers_and_booleans_are_the_students() {
    let device = device();
    let mut ema = EmaConfig::new().init(&Kinds::at(0, &device));
    ema.update(&Kinds::at(1, &device));
    let average = ema.module();
    let ints: Vec<i64> = average.int.val().into_data().iter().collect();
    let bools: Vec<bool> = average.bool.val().into_data().iter().collect();
    assert_eq!((ints, bools), (vec![1, 7], vec![false, true]));
}

#[test]
fn running_statistics_are_averaged_or_copied() {
    let device = device();
    let norm = |mean: f32| {
        let norm = BatchNormConfig::new(2).init(&device);
        norm.running_mean.update(Tensor::from_floats([mean, 0.0], &device));
        norm
    };
    for (buffers, expected) in [(Buffers::Average, 3.0), (Buffers::Copy, 4.0)] {
        let config = EmaConfig::new().with_warm_up(false).with_decay(0.5.into());
        let mut ema = config.with_buffers(buffers).init(&norm(2.0));
        let student = norm(4.0);
        let weights = student.gamma.val() + 2.0;
        let student = burn::nn::BatchNorm {
            gamma: student.gamma.map(|_| weights),
            ..student
        };
        ema.update(&student);
        assert_eq!(read(ema.module().running_mean.value()), [expected, 0.0], "{buffers:?}");
        assert_eq!(
            read(ema.module().gamma.val()),
            [2.0, 2.0],
            "weights are averaged either way"
        );
    }
}

/// In bf16 the smallest step from 1 is 1/128, and 0.1 % of the way from 1 to 2 is less.
#[test]
fn an_average_of_half_precision_moves() {
    let device = device();
    for dtype in [DType::F16, DType::BF16] {
        if !device.supports_dtype(FloatDType::from(dtype)) {
            continue;
        }
        let of = |number: f32| {
            let number = Tensor::<1>::from_data(TensorData::from([number]), (&device, DType::F32)).cast(dtype);
            Param::from_tensor(number)
        };
        let mut ema = EmaConfig::new().with_warm_up(false).init(&of(1.0));
        for _ in 0..3 {
            ema.update(&of(2.0));
        }
        let average = ema.module().val();
        assert_eq!(average.dtype(), DType::F32);
        assert_close("average", &read(average), &[2.0 - 0.999f64.powi(3)], within(1e-6));
    }
}

/// To the bit, whether somebody takes averages of it or not: parameters, statistics, and what is learnt from.
#[test]
fn the_student_notices_nothing() {
    let device = device().autodiff();
    let start = Network::new(&device);
    let batches = [(); 4].map(|()| input(&device));
    let train = |averaged: bool| {
        // Training mode copies the running statistics.
        let mut student = start.valid().train();
        let mut ema = EmaConfig::new().init(&student);
        for x in &batches {
            // Without dropout, whose numbers would be other ones.
            let loss = student.without_dropout(x.clone()).square().mean();
            student = step(student, loss);
            if averaged {
                let (ids, tracked) = (student.ids(), student.tracked());
                ema.update(&student);
                assert_eq!((ids, tracked), (student.ids(), student.tracked()));
                assert!(student.tracked().iter().any(|&tracked| tracked));
            }
        }
        contents(&student.valid())
    };
    assert_eq!(train(true), train(false));
}

#[test]
fn a_mean_teacher_never_changes_within_a_step() {
    let device = device().autodiff();
    let mut ema = EmaConfig::new().init(&Network::new(&device));
    ema.update(&Network::new(&device));
    let teacher = ema.teacher(Network::forward);
    let kd = SoftLabelLossConfig::new().init();
    laws::a_teacher_never_changes(ema.module(), || {
        let (student, x) = (Network::new(&device), input(&device));
        let taught = teacher.teach(x.clone().require_grad());
        assert!(!taught.is_autodiff() && !taught.is_tracked());
        let loss = kd.forward(student.forward(x), taught);
        step(student, loss);
    });
    let x = input(&device);
    assert_eq!(
        read(teacher.teach(x.clone())),
        read(teacher.teach(x)),
        "dropout is on, or statistics have moved"
    );
}

/// Clones of a Burn module share their running statistics; those of an average must not.
#[test]
fn what_was_taken_from_it_stays() {
    let device = device().autodiff();
    let mut ema = EmaConfig::new().init(&Network::new(&device));
    ema.update(&trained(&device));
    let (taken, teacher, x) = (ema.module().clone(), ema.teacher(Network::forward), input(&device));
    let before = (contents(&taken), read(teacher.teach(x.clone())));
    ema.update(&trained(&device));
    assert_ne!(before.0, contents(ema.module()));
    assert_eq!(before, (contents(&taken), read(teacher.teach(x))));
}

fn trained(device: &Device) -> Network {
    let student = Network::new(device);
    let loss = student.forward(input(device)).square().mean();
    step(student, loss)
}

#[test]
fn it_goes_on_where_it_was_saved_to_the_bit() {
    let device = device().autodiff();
    let folder = Folder::new("ema-saved");
    let file = folder.file("ema.bpk");
    let config = EmaConfig::new();
    let mut ema = config.init(&Network::new(&device));
    for _ in 0..3 {
        ema.update(&trained(&device));
    }
    ema.save(&file).unwrap();
    assert_eq!(folder.files(), 1, "nothing is left beside it");

    let mut again = config.init(&Network::new(&device));
    again.load(&file).unwrap();
    assert_eq!(again.step(), 3);
    assert_eq!(contents(again.module()), contents(ema.module()));
    assert!(!again.module().inner.weight.val().is_autodiff());

    // The warm-up goes on as well.
    let student = trained(&device);
    ema.update(&student);
    again.update(&student);
    assert_eq!(contents(again.module()), contents(ema.module()));
}

#[test]
fn a_file_that_does_not_fit_changes_nothing_and_says_why() {
    let device = device();
    let folder = Folder::new("ema-bad");
    let (file, missing) = (folder.file("ema.bpk"), folder.file("missing/ema.bpk"));
    let linear = |width: usize, bias: bool| LinearConfig::new(3, width).with_bias(bias).init(&device);
    let told = |ema: &mut Ema<burn::nn::Linear>, path: &PathBuf, words: &str| {
        let before = contents(ema.module());
        let message = ema.load(path).unwrap_err().to_string();
        assert!(message.contains("ema.bpk") && message.contains(words), "{message}");
        assert_eq!((before, ema.step()), (contents(ema.module()), 1));
    };
    let mut ema = EmaConfig::new().init(&linear(4, true));
    ema.update(&linear(4, true));

    told(&mut ema, &missing, "cannot read");

    EmaConfig::new().init(&linear(5, true)).save(&file).unwrap();
    let no_folder = file.join("ema.bpk");
    assert!(
        ema.save(&no_folder)
            .unwrap_err()
            .to_string()
            .starts_with("cannot write")
    );
    for words in ["average.weight: shape mismatch", "[3, 4]", "[3, 5]"] {
        told(&mut ema, &file, words);
    }
    EmaConfig::new().init(&linear(4, false)).save(&file).unwrap();
    told(&mut ema, &file, "average.bias");
    linear(4, true).into_record().save(&file).unwrap();
    told(&mut ema, &file, "does not fit this network");

    ema.save(&file).unwrap();
    let whole = fs::read(&file).unwrap();
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&file, &whole[..length]).unwrap();
        told(&mut ema, &file, "is not a valid record of a network");
    }
}

#[test]
fn a_decay_outside_its_range_is_an_error() {
    let network = LinearConfig::new(1, 1).init(&device());
    let decays: [(Schedule, &str); 6] = [
        (1.0.into(), "1"),
        ((-0.1).into(), "-0.1"),
        (f64::NAN.into(), "NaN"),
        (Schedule::linear(0.9, 1.0, 10), "1"),
        (Schedule::cosine(2.0, 0.9, 10), "2"),
        (Schedule::constant(1.5).warm_up(10), "1.5"),
    ];
    for (decay, value) in decays {
        let error = EmaConfig::new().with_decay(decay).try_init(&network).unwrap_err();
        let start = format!("EmaConfig: decay is {value}, but must be in [0, 1)");
        assert!(error.to_string().starts_with(&start), "{error}");
    }
    for fine in [0.0.into(), Schedule::linear(0.99, 0.9999, 10).warm_up(3)] {
        EmaConfig::new().with_decay(fine).try_init(&network).unwrap();
    }
}

#[test]
#[should_panic(expected = "Ema: 'weight' has shape [3, 4] in the average, and in the student it has shape [3, 5]")]
fn another_shape_panics() {
    let linear = |width| LinearConfig::new(3, width).init(&device());
    EmaConfig::new().init(&linear(4)).update(&linear(5));
}

#[test]
#[should_panic(expected = "Ema: 'bias' has shape [4] in the average, and in the student it is not there")]
fn a_missing_parameter_panics() {
    let linear = |bias| LinearConfig::new(3, 4).with_bias(bias).init(&device());
    EmaConfig::new().init(&linear(true)).update(&linear(false));
}

#[test]
#[should_panic(expected = "Ema: the student has 'bias', which the average lacks")]
fn a_parameter_too_many_panics() {
    let linear = |bias| LinearConfig::new(3, 4).with_bias(bias).init(&device());
    EmaConfig::new().init(&linear(false)).update(&linear(true));
}
