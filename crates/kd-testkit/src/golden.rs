//! Golden files: values and gradients that someone else computed.
//!
//! A file in `testdata/` holds cases of one loss: its configuration, its inputs, and what an independent source (PyTorch,
//! the authors' code) makes of them. The script that wrote it, with versions and seed, is named inside.

use std::{fs, path::Path};

use burn::{
    config::Config,
    tensor::{DType, Device},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    Batch, Shapes, Subject, Within, assert_close,
    device::{computes_in, units_off},
    resolution, within,
};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    config: Map<String, Value>,
    rows: usize,
    width: usize,
    student: Vec<Number>,
    teacher: Vec<Number>,
    labels: Option<Vec<usize>>,
    /// The axes of features after the batch's.
    shape: Option<Vec<usize>>,
    /// The teacher's, if they are others.
    teacher_shape: Option<Vec<usize>>,
    per_sample: Vec<f64>,
    student_grad: Vec<f64>,
    float32_error: Float32Error,
}

impl Case {
    fn shapes(&self) -> Shapes {
        let student = self.shape.clone().unwrap_or_else(|| vec![self.width]);
        let teacher = self.teacher_shape.clone().unwrap_or_else(|| student.clone());
        Shapes { student, teacher }
    }
}

/// How far the source itself is off in f32.
#[derive(Deserialize)]
struct Float32Error {
    per_sample: f64,
    student_grad: f64,
}

/// What [`check`] allows in f32 where the source itself is off by `of_source`: for golden files of another layout.
pub fn allowed_in_single(of_source: f64, device: &Device) -> Within {
    InSingle::TwiceTheSource.allowed(of_source, DType::F32, units_off(device))
}

/// What an ill-conditioned case is allowed in f32.
#[derive(Clone, Copy)]
enum InSingle {
    /// The [`resolution`] of the type, whatever the source achieves.
    Resolution,
    /// The same, or twice the source's own error if that is more; and more yet on a device whose functions are less exact.
    TwiceTheSource,
}

impl InSingle {
    /// In f64 it is always twice the source's error, for there the source is as much in doubt as we are. That error is
    /// smaller than in f32 by the ratio of the two types' resolutions, about 2e-9; here with some margin.
    fn allowed(self, of_source: f64, dtype: DType, units_off: f64) -> Within {
        let of_source = match (dtype, self) {
            (DType::F64, _) => of_source * 1e-8,
            (_, Self::TwiceTheSource) => of_source * units_off,
            (_, Self::Resolution) => 0.0,
        };
        within((2.0 * of_source).max(resolution(dtype)))
    }
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
/// `file` is looked up in the workspace's `testdata/`. A case's configuration is `default` with what the case says in
/// its place; `init` makes a loss of it.
///
/// # Panics
///
/// If a value or a gradient is off by more than 1e-6 in f32 or 1e-12 in f64 (relative to the largest one), and by more
/// than twice what the source itself is off, times the units in the last place that the device's exponential is off in
/// f32; or if the file cannot be read.
#[track_caller]
pub fn check<C: Config>(file: &str, device: &Device, default: &C, init: impl Fn(&C) -> Subject) {
    compare(
        file,
        device,
        default,
        |config, _| init(config),
        InSingle::TwiceTheSource,
    );
}

/// [`check`], but off by no more than 1e-6 in f32 even where the source itself is.
///
/// # Panics
///
/// If a value or a gradient is off by more, or the file cannot be read.
#[track_caller]
pub fn check_to_resolution<C: Config>(file: &str, device: &Device, default: &C, init: impl Fn(&C) -> Subject) {
    compare(file, device, default, |config, _| init(config), InSingle::Resolution);
}

/// [`check`] for a loss on features, made of the configuration and the shapes that a case has.
///
/// # Panics
///
/// As [`check`] does.
#[track_caller]
pub fn check_features<C: Config>(file: &str, device: &Device, default: &C, init: impl Fn(&C, &Shapes) -> Subject) {
    let init = |config: &C, case: &Case| init(config, &case.shapes());
    compare(file, device, default, init, InSingle::TwiceTheSource);
}

#[track_caller]
fn compare<C: Config>(
    file: &str,
    device: &Device,
    default: &C,
    init: impl Fn(&C, &Case) -> Subject,
    in_single: InSingle,
) {
    let units_off = units_off(device);
    let cases = read(file);
    assert!(!cases.is_empty(), "{file}: there are no cases");
    for (case, batch) in &cases {
        let subject = init(&configured(default, &case.config), case);
        for dtype in [DType::F32, DType::F64] {
            if !computes_in(device, dtype) {
                assert!(*device != Device::flex(), "Flex has f64");
                continue;
            }
            let what = |part| format!("{file}, {}, {dtype:?}, {part}", case.name);
            let outcome = subject.run(batch, device, dtype);
            let allowed = |of_source| in_single.allowed(of_source, dtype, units_off);
            let error = &case.float32_error;
            let (values, gradient) = (allowed(error.per_sample), allowed(error.student_grad));
            assert_close(&what("value"), &outcome.per_sample, &case.per_sample, values);
            assert_close(&what("gradient"), &outcome.student_grad, &case.student_grad, gradient);
        }
    }
}

/// `default`, with the fields of `changes` in their place.
fn configured<C: Config>(default: &C, changes: &Map<String, Value>) -> C {
    let mut config = serde_json::to_value(default).expect("a config is JSON");
    let fields = config.as_object_mut().expect("a config is an object");
    for (name, value) in changes {
        let field = fields.get_mut(name);
        *field.unwrap_or_else(|| panic!("the config has no field '{name}'")) = value.clone();
    }
    serde_json::from_value(config).expect("the case fits the config")
}

fn read(file: &str) -> Vec<(Case, Batch)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let file: File =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{} is not a golden file: {error}", path.display()));
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
