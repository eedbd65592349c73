//! The projector that is chosen from two shapes.

use burn::tensor::Tensor;
use kd::{
    Feature, FeatureProjector,
    feature::{AdapterConfig, Projector},
};
use kd_testkit::device;

fn zeros(shape: &[usize]) -> Feature {
    let device = device();
    match *shape {
        [batch, hidden] => Tensor::<2>::zeros([batch, hidden], &device).into(),
        [batch, seq, hidden] => Tensor::<3>::zeros([batch, seq, hidden], &device).into(),
        [batch, channels, height, width] => Tensor::<4>::zeros([batch, channels, height, width], &device).into(),
        _ => panic!("no feature has shape {shape:?}"),
    }
}

fn kind(projector: &Projector) -> &'static str {
    match projector {
        Projector::Identity(_) => "identity",
        Projector::Linear(_) => "linear",
        Projector::Conv(_) => "conv",
        Projector::Resize(_) => "resize",
        Projector::ResampleTokens(_) => "resample",
        Projector::PoolMap(_) => "pool map",
        Projector::PoolTokens(_) => "pool tokens",
        _ => "none that is chosen",
    }
}

fn steps(projector: &Projector) -> Vec<&'static str> {
    match projector {
        Projector::Chain(projectors) => projectors.iter().map(kind).collect(),
        projector => vec![kind(projector)],
    }
}

#[test]
fn every_pair_takes_the_steps_it_needs() {
    let pairs: [(&[usize], &[usize], &[&str]); 17] = [
        (&[3, 8], &[3, 8], &["identity"]),
        (&[3, 8], &[3, 4], &["linear"]),
        (&[3, 5, 8], &[3, 5, 8], &["identity"]),
        (&[3, 5, 8], &[3, 5, 4], &["linear"]),
        (&[3, 5, 8], &[3, 4, 8], &["resample"]),
        (&[3, 5, 8], &[3, 4, 9], &["resample", "linear"]),
        (&[3, 5, 8], &[3, 6, 9], &["linear", "resample"]),
        (&[3, 8, 4, 4], &[3, 8, 4, 4], &["identity"]),
        (&[3, 8, 4, 4], &[3, 9, 4, 4], &["conv"]),
        (&[3, 8, 4, 4], &[3, 8, 2, 4], &["resize"]),
        (&[3, 8, 4, 4], &[3, 9, 2, 2], &["resize", "conv"]),
        (&[3, 8, 4, 4], &[3, 9, 4, 8], &["conv", "resize"]),
        (&[3, 8, 2, 8], &[3, 9, 4, 4], &["resize", "conv"]),
        (&[3, 5, 8], &[3, 8], &["pool tokens"]),
        (&[3, 5, 8], &[3, 9], &["pool tokens", "linear"]),
        (&[3, 8, 4, 4], &[3, 8], &["pool map"]),
        (&[3, 8, 4, 4], &[3, 4], &["pool map", "linear"]),
    ];
    for (student, teacher, expected) in pairs {
        let projector = AdapterConfig::new(student.into(), teacher.into()).init(&device());
        assert_eq!(steps(&projector), expected, "{student:?} to {teacher:?}");
        assert_eq!(
            projector.project(zeros(student)).shape(),
            teacher,
            "{student:?} to {teacher:?}"
        );
    }
}

/// Two shapes may come from two batches: of other sizes, or the last one.
#[test]
fn the_batch_is_not_looked_at() {
    let projector = AdapterConfig::new(vec![1, 8], vec![0, 4]).init(&device());
    assert_eq!(projector.project(zeros(&[5, 8])).shape(), [5, 4]);
}

#[test]
fn what_cannot_be_is_said_in_words() {
    let pairs: [(&[usize], &[usize], &str); 9] = [
        (
            &[2, 8],
            &[2, 8, 4, 4],
            "pool the teacher's features to a vector as well (`PoolMap`, `PoolTokens`)",
        ),
        (&[2, 8], &[2, 5, 8], "pool the teacher's features to a vector as well"),
        (
            &[2, 16, 8],
            &[2, 8, 4, 4],
            "only the model knows which token lies where in a map",
        ),
        (
            &[2, 8, 4, 4],
            &[2, 16, 8],
            "only the model knows in which order places become tokens",
        ),
        (&[2, 8, 0, 4], &[2, 8, 4, 4], "an axis is empty"),
        (&[2, 8], &[2, 0], "an axis is empty"),
        (
            &[8],
            &[2, 8],
            "a feature is [batch, hidden], [batch, seq, hidden] or [batch, channels, height, width]",
        ),
        (&[], &[], "a feature is [batch, hidden]"),
        (&[2, 8, 4, 4, 4], &[2, 8], "a feature is [batch, hidden]"),
    ];
    for (student, teacher, reason) in pairs {
        let error = AdapterConfig::new(student.into(), teacher.into()).try_init(&device());
        let message = error.unwrap_err().to_string();
        let shapes = format!("no adapter leads from the student's {student:?} to the teacher's {teacher:?}: ");
        assert!(message.starts_with(&shapes), "{message}");
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
#[should_panic(expected = "no adapter leads from the student's [2, 8] to the teacher's [2, 8, 4, 4]")]
fn init_panics_with_the_same_words() {
    let _ = AdapterConfig::new(vec![2, 8], vec![2, 8, 4, 4]).init(&device());
}
