//! What is not recorded, and what is not gone on with: numbers nobody can learn from, and a type that nobody asked for.

use std::{cell::Cell, fs};

use burn::tensor::{DType, Device, Tensor};
use kd::{
    Error, Features, Teacher, TopK,
    cache::{Cache, CacheWriterConfig, Cached, Floats, Samples},
    teacher_fn,
};
use kd_testkit::{device, read as numbers};

use crate::folder::{Folder, key, logits, read, row, writer};

const TYPES: [Floats; 3] = [Floats::F32, Floats::F16, Floats::BF16];

/// In every type: the batch is refused as a whole, by the id of the sample, and what was there before goes on.
#[test]
fn what_nobody_can_learn_from_is_refused_by_its_sample() {
    for (value, word) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf")] {
        for floats in TYPES {
            let folder = Folder::new();
            let config = CacheWriterConfig::new().with_shard_samples(2).with_floats(floats);
            let mut writer = config.open(folder.path(), &key()).unwrap();
            let good = |from: f32| Tensor::<2>::from_floats([[from, 1.0], [2.0, 3.0], [4.0, 5.0]], &device());
            writer.append(&[1, 2, 3], good(0.0)).unwrap(); // one shard, and one that waits
            let before = folder.files();

            let bad = Tensor::<2>::from_floats([[6.0, 7.0], [8.0, value], [9.0, 10.0]], &device());
            let error = writer.append(&[40, 50, 60], bad).unwrap_err();
            assert!(
                matches!(&error, Error::Unteachable { id: 50, name, .. } if name == "logits"),
                "{error}"
            );
            let message = error.to_string();
            assert!(
                message.starts_with(&format!("'logits' of sample 50 is {word}, from which nobody can learn")),
                "{message}"
            );
            assert_eq!(
                (writer.len(), folder.files()),
                (3, before),
                "nothing of the batch is recorded"
            );

            writer.append(&[40, 50, 60], good(6.0)).unwrap();
            let cache = writer.finish().unwrap();
            assert_eq!(cache.len(), 6);
            assert_eq!(read(&cache, &[3, 40, 1]).unwrap(), [4.0, 5.0, 6.0, 1.0, 0.0, 1.0]);
        }
    }
}

/// Also of features, whose samples are more than a row of numbers, and of a teacher in f64 that f32 does not reach.
#[test]
fn every_column_is_looked_at() {
    let folder = Folder::new();
    let mut numbers = [0.0f32; 24];
    numbers[17] = f32::NAN; // of the third sample's six
    let map = Tensor::<1>::from_floats(numbers, &device()).reshape([4, 2, 3, 1]);
    let outputs = (logits(&[1, 2, 3, 4]), Features::new().with("stage", map));
    let message = writer(&folder, 4)
        .append(&[1, 2, 3, 4], outputs)
        .unwrap_err()
        .to_string();
    assert!(message.starts_with("'features.stage' of sample 3 is NaN"), "{message}");

    let flex = Device::flex();
    let large = Tensor::<2>::from_data([[0.0, 1e300]], (&flex, DType::F64));
    let message = writer(&folder, 4).append(&[7], large).unwrap_err().to_string();
    assert!(message.starts_with("'logits' of sample 7 is inf"), "{message}");
}

/// Minus infinity rules a class out, and nothing is left beside all classes.
#[test]
fn minus_infinity_is_recorded() {
    let folder = Folder::new();
    let ruled_out = Tensor::<2>::from_floats([[1.0, f32::NEG_INFINITY, 0.0]], &device());
    let mut writer = writer(&folder, 4);
    writer.append(&[5], TopK::of(ruled_out, 3, 1.0)).unwrap();
    let best: TopK = writer.finish().unwrap().get(&[5], &device()).unwrap();
    assert_eq!(numbers(best.tail), [f64::NEG_INFINITY]);
}

/// A teacher that fails once is asked again, and those it was asked about before are served.
#[test]
fn a_teacher_that_says_nan_is_asked_again() {
    let folder = Folder::new();
    let broken = Cell::new(false);
    let teacher = teacher_fn(|ids: Vec<u64>| match broken.get() {
        true => logits(&ids) * f32::NAN,
        false => logits(&ids),
    });
    let teacher = Cached::record(teacher, writer(&folder, 4), &device());
    let taught = |ids: [u64; 2]| teacher.try_teach(Samples::new(ids, ids.to_vec()));
    taught([1, 2]).unwrap();
    broken.set(true);
    assert!(matches!(taught([2, 3]), Err(Error::Unteachable { id: 3, .. })));
    assert!(taught([2, 1]).is_ok(), "the teacher is not asked about these");
    broken.set(false);
    let expected = [row(3), row(2)].concat().into_iter().map(f64::from).collect::<Vec<_>>();
    assert_eq!(numbers(taught([3, 2]).unwrap()), expected);
}

#[test]
#[should_panic(expected = "'logits' of sample 9 is NaN, from which nobody can learn")]
fn a_teacher_that_says_nan_panics_by_the_trait() {
    let folder = Folder::new();
    let teacher = teacher_fn(|ids: Vec<u64>| logits(&ids) * f32::NAN);
    Cached::record(teacher, writer(&folder, 4), &device()).teach(Samples::new([9], vec![9]));
}

/// Before a sample is asked for: whoever asks for f32 is not served half precision, nor the other way round.
#[test]
fn another_type_than_recorded_is_refused() {
    for kept in TYPES {
        let folder = Folder::new();
        let open = |floats| CacheWriterConfig::new().with_floats(floats).open(folder.path(), &key());
        let mut writer = open(kept).unwrap();
        writer.append(&[0], logits(&[0])).unwrap();
        drop(writer);
        let before = fs::read(folder.path().join("manifest.json")).unwrap();
        for asked in TYPES.into_iter().filter(|asked| *asked != kept) {
            let error = open(asked).unwrap_err();
            assert!(matches!(error, Error::OtherForm { .. }), "{error}");
            let message = error.to_string();
            let names = [kept, asked].map(|floats| format!("{floats:?}"));
            assert!(
                message.contains(&format!(
                    "holds 'logits' [5] in {} for each sample, not floats in {};",
                    names[0], names[1]
                )),
                "{message}"
            );
        }
        assert_eq!(fs::read(folder.path().join("manifest.json")).unwrap(), before);
        assert_eq!(open(kept).unwrap().len(), 1);
        // A reader asks for no type.
        assert_eq!(
            read(&Cache::open(folder.path(), &key()).unwrap(), &[0]).unwrap(),
            row(0)
        );
    }
}

/// A cache without a sample has no type yet, whoever began it.
#[test]
fn an_empty_cache_takes_any_type() {
    let folder = Folder::new();
    recorded_in(&folder, Floats::F16, &[]);
    recorded_in(&folder, Floats::F32, &[1]);
    assert_eq!(Cache::open(folder.path(), &key()).unwrap().len(), 1);
}

fn recorded_in(folder: &Folder, floats: Floats, ids: &[u64]) {
    let config = CacheWriterConfig::new().with_floats(floats);
    let mut writer = config.open(folder.path(), &key()).unwrap();
    if !ids.is_empty() {
        writer.append(ids, logits(ids)).unwrap();
    }
}
