//! Teachers that remember, and students that learn from them.

use std::cell::RefCell;

use burn::{
    module::Module,
    nn::{Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Distribution, Tensor},
};
use kd::{
    DistillLoss, Error, Frozen, Teacher,
    cache::{CacheKey, CacheWriterConfig, Cached, Floats, Replay, Samples, fingerprint},
    soft_label::SoftLabelLossConfig,
    teacher_fn,
};
use kd_testkit::{device, read as numbers};

use crate::folder::{CLASSES, Folder, key, logits, read, recorded, row, writer};

fn flat(ids: &[u64]) -> Vec<f64> {
    ids.iter().flat_map(|&id| row(id).map(f64::from)).collect()
}

/// Only what is new is asked, in the order of the batch, and each sample once.
#[test]
fn the_teacher_is_asked_once_about_each() {
    let folder = Folder::new();
    let asked = RefCell::new(Vec::new());
    let teacher = teacher_fn(|ids: Vec<u64>| {
        asked.borrow_mut().extend(ids.iter().copied());
        logits(&ids)
    });
    let teacher = Cached::record(teacher, writer(&folder, 4), &device());
    for ids in [
        vec![3, 1, 4],
        vec![1, 5, 9, 2, 6],
        vec![5, 3, 5, 8, 9, 7, 9],
        vec![3, 2, 3],
    ] {
        let taught = teacher.teach(Samples::new(ids.clone(), ids.clone()));
        assert_eq!(numbers(taught), flat(&ids));
    }
    assert_eq!(*asked.borrow(), [3, 1, 4, 5, 9, 2, 6, 8, 7]);
    assert_eq!(teacher.len(), 9);
    let cache = teacher.finish().unwrap();
    assert_eq!(read(&cache, &[7, 3]).unwrap(), [row(7), row(3)].concat());
}

#[test]
fn inputs_are_picked_with_their_ids() {
    let folder = Folder::new();
    let teacher = teacher_fn(|(images, _): (Tensor<2>, Vec<&str>)| images * 10.0);
    let teacher = Cached::record(teacher, writer(&folder, 4), &device());
    let images = Tensor::<2>::from_floats([[1.0], [2.0], [3.0]], &device());
    let samples = |ids: [u64; 3], names| Samples::new(ids, (images.clone(), names));
    assert_eq!(
        numbers(teacher.teach(samples([1, 2, 3], vec!["a", "b", "c"]))),
        [10.0, 20.0, 30.0]
    );
    // 2 is known: its input here is not looked at.
    assert_eq!(
        numbers(teacher.teach(samples([4, 2, 5], vec!["d", "b", "e"]))),
        [10.0, 20.0, 30.0]
    );
    assert_eq!(
        numbers(teacher.teach(samples([5, 4, 1], vec!["e", "d", "a"]))),
        [30.0, 10.0, 10.0]
    );
}

/// Rounded or not, the first epoch learns from the same numbers as the others.
#[test]
fn every_epoch_is_taught_the_same() {
    let folder = Folder::new();
    let config = CacheWriterConfig::new().with_floats(Floats::BF16);
    let teacher = teacher_fn(|images: Tensor<2>| images);
    let teacher = Cached::record(teacher, config.open(folder.path(), &key()).unwrap(), &device());
    let images = Tensor::<2>::random([8, 4], Distribution::Default, &device());
    let teach = || numbers(teacher.teach(Samples::new((0..8).collect::<Vec<u64>>(), images.clone())));
    let first = teach();
    assert_ne!(first, numbers(images.clone()), "rounded");
    assert_eq!(first, teach());
}

#[test]
fn another_view_is_refused_and_never_served() {
    let folder = Folder::new();
    let teacher = Cached::record(teacher_fn(|ids: Vec<u64>| logits(&ids)), writer(&folder, 4), &device());
    teacher.teach(Samples::new([1, 2], vec![1, 2]));
    let foreign = || Samples::new([1], vec![1]).of_view("flip, seed 7");
    let error = teacher.try_teach(foreign()).unwrap_err();
    assert!(matches!(error, Error::OtherKey { .. }));
    let message = error.to_string();
    assert!(
        message.contains("view \"flip, seed 7\"") && message.contains("view \"plain\""),
        "{message}"
    );
    assert_eq!(teacher.len(), 2, "nothing of it is recorded");

    let replay = Replay::<Tensor<2>>::new(teacher.finish().unwrap(), &device());
    assert!(matches!(replay.try_teach(foreign()), Err(Error::OtherKey { .. })));
    assert!(replay.try_teach(Samples::new([1], ())).is_ok());
}

#[test]
#[should_panic(expected = "holds nothing of sample 99 (plain); record it first, with the teacher at hand")]
fn a_replay_refuses_what_was_not_recorded() {
    let folder = Folder::new();
    let replay = Replay::<Tensor<2>>::new(recorded(&folder, 4, 4), &device());
    replay.teach(Samples::new([0, 99], ()));
}

#[test]
#[should_panic(expected = "Cached: there are 2 ids for 3 samples")]
fn an_id_for_each_input() {
    let folder = Folder::new();
    let teacher = Cached::record(teacher_fn(|ids: Vec<u64>| logits(&ids)), writer(&folder, 4), &device());
    teacher.teach(Samples::new([1, 2], vec![1, 2, 3]));
}

/// What a cache teaches is off the graph, even on an autodiff device.
#[test]
fn a_cache_is_a_constant() {
    let folder = Folder::new();
    let replay = Replay::<Tensor<2>>::new(recorded(&folder, 4, 4), &device().autodiff());
    assert!(!replay.teach(Samples::new([0, 1], ())).is_autodiff());
}

/// A student learns from the replay what it learns from the teacher, to the last digit.
#[test]
fn training_from_the_cache_is_training_from_the_teacher() {
    let folder = Folder::new();
    let device = device().autodiff();
    let network: Linear = LinearConfig::new(6, CLASSES).init(&device);
    let frozen = Frozen::new(network, |network: &Linear, x: Tensor<2>| network.forward(x));
    let key = CacheKey::new(fingerprint(frozen.module()), "40 random samples", "logits");
    let images = Tensor::<2>::random([40, 6], Distribution::Default, &device);
    let batches = [[3, 17, 28, 9], [39, 0, 3, 21], [9, 8, 7, 6]];
    let input = |ids: &[u64]| {
        let rows: Vec<_> = ids.iter().map(|&id| images.clone().narrow(0, id as usize, 1)).collect();
        Tensor::cat(rows, 0)
    };
    let student: Linear = LinearConfig::new(6, CLASSES).init(&device);
    let loss = SoftLabelLossConfig::new().init();
    let learn = |teach: &dyn Fn(&[u64]) -> Tensor<2>| {
        let (mut student, mut optimizer) = (student.clone(), SgdConfig::new().init());
        for ids in batches.iter().cycle().take(9) {
            let value = loss.forward(student.forward(input(ids)), teach(ids));
            let gradients = GradientsParams::from_grads(value.backward(), &student);
            student = optimizer.step(0.1, student, gradients);
        }
        numbers(student.weight.val())
    };

    let expected = learn(&|ids| frozen.teach(input(ids)));
    let config = CacheWriterConfig::new().with_shard_samples(4);
    let cached = Cached::record(&frozen, config.open(folder.path(), &key).unwrap(), &device);
    assert_eq!(learn(&|ids| cached.teach(Samples::new(ids, input(ids)))), expected);
    let replay = Replay::<Tensor<2>>::new(cached.finish().unwrap(), &device);
    assert_eq!(learn(&|ids| replay.teach(Samples::new(ids, ()))), expected);
    assert_ne!(expected, numbers(student.weight.val()), "it learns");
    assert_eq!(student.num_params(), 6 * CLASSES + CLASSES);
}
