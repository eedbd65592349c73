//! Golden files: values and gradients that someone else computed.
//!
//! A file in `testdata/` holds cases of one loss: its configuration, its inputs, and what an independent source (PyTorch,
//! the authors' code) makes of them. The script that wrote it, with versions and seed, is named inside.

use std::{fs, path::Path};

use burn::{
    config::Config,
    tensor::{DType, Device, FloatDType},
};
use serde::Deserialize;

use crate::{Batch, Subject, assert_close, tolerance};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    config: serde_json::Value,
    rows: usize,
    width: usize,
    student: Vec<Number>,
    teacher: Vec<Number>,
    labels: Option<Vec<usize>>,
    per_sample: Vec<f64>,
    student_grad: Vec<f64>,
}

/// JSON has no infinity, so `"-inf"` stands for it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Finite(f64),
    Named(String),
}

impl Number {
    fn value(&self) -> f64 {
        match self {
            Self::Finite(value) => *value,
            Self::Named(name) => name.parse().expect("a number's name is -inf or inf"),
        }
    }
}

/// Runs every case of the golden file on `device`, in f32 and, where the device has it, in f64.
///
/// `file` is looked up in the workspace's `testdata/`; `init` makes the loss of a case from its configuration.
///
/// # Panics
///
/// If a value or a gradient is off by more than the [`tolerance`] of its type, or the file cannot be read.
#[track_caller]
pub fn check<C: Config>(file: &str, device: &Device, init: impl Fn(&C) -> Subject) {
    let cases = read(file);
    assert!(!cases.is_empty(), "{file}: there are no cases");
    for (case, batch) in &cases {
        let config = C::load_binary(case.config.to_string().as_bytes())
            .unwrap_or_else(|error| panic!("{file}, {}: {error}", case.name));
        let subject = init(&config);
        for dtype in [DType::F32, DType::F64] {
            if dtype == DType::F64 && !device.supports_dtype(FloatDType::F64) {
                continue;
            }
            let what = |part| format!("{file}, {}, {dtype:?}, {part}", case.name);
            let outcome = subject.run(batch, device, dtype);
            let relative = tolerance(dtype);
            assert_close(
                &what("value"),
                &outcome.per_sample,
                &case.per_sample,
                relative,
            );
            assert_close(
                &what("gradient"),
                &outcome.student_grad,
                &case.student_grad,
                relative,
            );
        }
    }
}

fn read(file: &str) -> Vec<(Case, Batch)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata")
        .join(file);
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let file: File = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{} is not a golden file: {error}", path.display()));
    let batch = |case: &Case| Batch {
        width: case.width,
        student: case.student.iter().map(Number::value).collect(),
        teacher: case.teacher.iter().map(Number::value).collect(),
        labels: case.labels.clone().unwrap_or_else(|| vec![0; case.rows]),
    };
    file.cases
        .into_iter()
        .map(|case| {
            let batch = batch(&case);
            (case, batch)
        })
        .collect()
}
