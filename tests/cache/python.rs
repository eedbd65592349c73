//! Caches across languages: Python reads ours with `safetensors` alone, and a student learns from one that Python wrote.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use burn::{
    nn::{Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Int, Tensor},
};
use kd::{
    DistillLoss, Features, Teacher, TopK,
    cache::{Cache, CacheKey, CacheWriterConfig, Floats, Replay, Samples},
    soft_label::SoftLabelLossConfig,
};
use kd_testkit::{device, read as numbers};
use serde_json::Value;

use crate::folder::{CLASSES, Folder, key, logits, recorded, row};

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Runs a script of `tools/cache` by the Python that `PYTHON` names; nothing if that lacks what scripts need.
fn python(script: &str, folder: &Path) -> Option<Output> {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let has_all = Command::new(&python).args(["-c", "import numpy, safetensors"]).output();
    if !has_all.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED {script}: {python} has no numpy or no safetensors (set PYTHON to one that has)");
        return None;
    }
    let mut command = Command::new(python);
    command.arg(repository("tools/cache").join(script)).arg(folder);
    let output = command.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output)
}

fn floats(value: &Value) -> Vec<f64> {
    let numbers = value.as_array().unwrap().iter();
    numbers.map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn python_reads_ours() {
    let folder = Folder::new();
    drop(recorded(&folder, 9, 4));
    let Some(output) = python("read.py", folder.path()) else {
        return;
    };
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["key"], serde_json::to_value(key()).unwrap());
    assert_eq!(read["count"], 9);
    for id in 0..9 {
        assert_eq!(
            floats(&read["samples"][id.to_string()]["logits"]),
            row(id).map(f64::from)
        );
    }
}

#[test]
fn python_reads_ours_in_half_precision() {
    for dtype in [Floats::F16, Floats::BF16] {
        let folder = Folder::new();
        let config = CacheWriterConfig::new().with_floats(dtype);
        let mut writer = config.open(folder.path(), &key()).unwrap();
        writer
            .append(&[u64::MAX, 7], TopK::of(logits(&[1, 2]), 2, 1.0))
            .unwrap();
        let cache = writer.finish().unwrap();
        let Some(output) = python("read.py", folder.path()) else {
            return;
        };
        let read: Value = serde_json::from_slice(&output.stdout).unwrap();
        for id in [u64::MAX, 7] {
            let (best, sample) = (
                cache.get::<TopK>(&[id], &device()).unwrap(),
                &read["samples"][id.to_string()],
            );
            assert_eq!(floats(&sample["top_ids"]), [CLASSES as f64 - 1.0, CLASSES as f64 - 2.0]);
            assert_eq!(floats(&sample["top_log_probs"]), numbers(best.log_probs));
            assert_eq!(sample["tail"].as_f64().unwrap(), numbers(best.tail)[0]);
        }
    }
}

/// The key of the example that `write.py` writes.
fn key_of_example() -> CacheKey {
    CacheKey::new("a rule", "the numbers to 20", "logits and features")
}

/// Reads the example, and lets a student learn from it.
fn learn_from(folder: &Path) {
    let cache = Cache::open(folder, &key_of_example()).unwrap();
    cache.verify().unwrap();
    assert_eq!(cache.len(), 20);
    let ids = [19u64, 0, 7, 8];
    let (logits, features): (Tensor<2>, Features) = cache.get(&ids, &device()).unwrap();
    let class = |id: u64| (0..3).map(move |class| if id % 3 == class { 4.0 } else { 0.0 });
    assert_eq!(
        numbers(logits),
        ids.iter().flat_map(|&id| class(id)).collect::<Vec<_>>()
    );
    let pool = numbers(features.get("pool").unwrap().clone().flatten_samples());
    let halves_and_quarters = ids.iter().flat_map(|&id| [id as f64 / 2.0, id as f64 / 4.0]);
    assert_eq!(pool, halves_and_quarters.collect::<Vec<_>>());

    // A student that is told a number's remainder learns what to say of it.
    let device = device().autodiff();
    let teacher = Replay::<Tensor<2>>::new(cache, &device);
    let remainders = |ids: &[u64]| {
        let remainders: Vec<i64> = ids.iter().map(|id| (id % 3) as i64).collect();
        Tensor::<1, Int>::from_data(remainders.as_slice(), &device)
            .one_hot::<2>(3)
            .float()
    };
    let (mut student, mut optimizer): (Linear, _) = (LinearConfig::new(3, 3).init(&device), SgdConfig::new().init());
    let loss = SoftLabelLossConfig::new().with_temperature(1.0).init();
    let ids: Vec<u64> = (0..20).collect();
    let mut losses = Vec::new();
    for _epoch in 0..40 {
        for ids in ids.chunks(5) {
            let value = loss.forward(student.forward(remainders(ids)), teacher.teach(Samples::new(ids, ())));
            losses.push(value.clone().into_scalar::<f64>());
            let gradients = GradientsParams::from_grads(value.backward(), &student);
            student = optimizer.step(1.0, student, gradients);
        }
    }
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    assert!(last < first / 10.0, "from {first} to {last}");
}

/// The example as it was written once, so that no Python is needed to read it.
#[test]
fn a_student_learns_from_what_python_wrote() {
    learn_from(&repository("testdata/cache_from_python"));
}

#[test]
fn a_student_learns_from_what_python_writes() {
    let folder = Folder::new();
    if python("write.py", folder.path()).is_some() {
        learn_from(folder.path());
        // Our writers keep all floats in one type, and cannot go on with two.
        let error = CacheWriterConfig::new().open(folder.path(), &key_of_example());
        let message = error.unwrap_err().to_string();
        assert!(
            message.contains("'logits' [3] in F32, 'features.pool' [2] in F16 for each sample, not floats in F32"),
            "{message}"
        );
    }
}
