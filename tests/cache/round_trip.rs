//! What is recorded comes back: every kind of output, every type, in any order.

use burn::tensor::{DType, Distribution, Tensor};
use kd::{
    DistillLoss, Error, Features, TopK,
    cache::{Cache, CacheWriterConfig, Floats, Record},
    rows,
    soft_label::SparseSoftLabelLossConfig,
};
use kd_testkit::{assert_close, device, read as numbers, within};

use crate::folder::{Folder, Numbers, key, logits, read, recorded, row, writer};

#[test]
fn any_order_and_any_batches() {
    let folder = Folder::new();
    let (mut random, mut ids) = (
        Numbers(1),
        (0..200u64).map(|n| n * n * 0x1_0000_0001).collect::<Vec<_>>(),
    );
    for place in (1..ids.len()).rev() {
        ids.swap(place, random.below(place + 1));
    }
    let mut writer = writer(&folder, 16);
    for batch in ids.chunks(7) {
        writer.append(batch, logits(batch)).unwrap();
    }
    let cache = writer.finish().unwrap();
    assert_eq!(cache.len(), 200);
    cache.verify().unwrap();
    for _ in 0..20 {
        let chosen: Vec<u64> = (0..9).map(|_| ids[random.below(200)]).collect();
        let expected: Vec<f32> = chosen.iter().flat_map(|&id| row(id)).collect();
        assert_eq!(read(&cache, &chosen).unwrap(), expected, "to the last digit");
    }
    let mut known: Vec<u64> = cache.ids().collect();
    known.sort();
    ids.sort();
    assert_eq!(known, ids);
}

/// Records one batch of something, and reads it back in reverse.
fn reversed<O: Record>(outputs: O, floats: Floats) -> O {
    let folder = Folder::new();
    let ids: Vec<u64> = (0..outputs.rows() as u64).collect();
    let config = CacheWriterConfig::new().with_shard_samples(4).with_floats(floats);
    let mut writer = config.open(folder.path(), &key()).unwrap();
    writer.append(&ids, outputs).unwrap();
    let ids: Vec<u64> = ids.into_iter().rev().collect();
    writer.finish().unwrap().get(&ids, &device()).unwrap()
}

#[test]
fn half_precision_is_the_nearest() {
    let logits = Tensor::<2>::random([10, 6], Distribution::Normal(0.0, 4.0), &device());
    for (floats, bits) in [(Floats::F32, 24), (Floats::F16, 11), (Floats::BF16, 8)] {
        let (exact, kept) = (
            numbers(logits.clone().flip([0])),
            numbers(reversed(logits.clone(), floats)),
        );
        let unit = if bits == 24 { 0.0 } else { 0.5f64.powi(bits) };
        assert!(
            exact
                .iter()
                .zip(&kept)
                .all(|(x, y)| (x - y).abs() <= unit * x.abs().max(1e-3))
        );
        assert!(bits == 24 || exact != kept, "{floats:?} rounds");
    }
}

#[test]
fn a_teacher_in_f64_is_kept_in_f32() {
    let exact = Tensor::<2>::from_data([[0.1f64, 0.2], [0.3, 0.4]], (&burn::tensor::Device::flex(), DType::F64));
    let kept = reversed(exact, Floats::F32);
    assert_eq!(numbers(kept), [0.3f32, 0.4, 0.1, 0.2].map(f64::from));
}

#[test]
fn features_of_every_rank_with_logits() {
    let (device, normal) = (device(), Distribution::Normal(0.0, 1.0));
    let vector = Tensor::<2>::random([6, 3], normal, &device);
    let tokens = Tensor::<3>::random([6, 4, 3], normal, &device);
    let map = Tensor::<4>::random([6, 2, 3, 3], normal, &device);
    let features = Features::new()
        .with("pool", vector.clone())
        .with("block.1", tokens.clone())
        .with("stage", map.clone());
    let (logits, features): (Tensor<2>, Features) = reversed((vector.clone(), features), Floats::F32);
    let flat = |name| numbers(features.get(name).unwrap().clone().flatten_samples());
    assert_eq!(numbers(logits), numbers(vector.clone().flip([0])));
    assert_eq!(flat("pool"), numbers(vector.flip([0])));
    assert_eq!(flat("block.1"), numbers(tokens.flip([0])));
    assert_eq!(flat("stage"), numbers(map.flip([0])));
    assert_eq!(features.get("stage").unwrap().shape(), [6, 2, 3, 3]);
}

#[test]
fn the_best_classes_and_what_is_left() {
    let logits = Tensor::<2>::random([8, 50], Distribution::Normal(0.0, 3.0), &device());
    let best = reversed(TopK::of(logits.clone(), 6, 1.0), Floats::F32);
    let log_probs = rows::log_soften(logits.flip([0]), 1.0);
    assert_eq!(
        numbers(log_probs.clone().gather(1, best.ids.clone())),
        numbers(best.log_probs.clone())
    );
    for ((row, ids), tail) in numbers(log_probs)
        .chunks(50)
        .zip(best.ids.clone().into_data().iter::<i64>().collect::<Vec<_>>().chunks(6))
        .zip(numbers(best.tail))
    {
        let others = (0..50)
            .filter(|class| !ids.contains(class))
            .map(|class| row[class as usize]);
        let least = ids.iter().map(|&id| row[id as usize]).fold(f64::INFINITY, f64::min);
        assert!(others.clone().all(|other| other <= least), "they are the best");
        let expected = others.map(f64::exp).sum::<f64>().ln();
        assert!(
            (tail - expected).abs() <= 1e-5 * expected.abs().max(1.0),
            "{tail} for {expected}"
        );
    }
}

#[test]
fn nothing_is_left_of_all_classes() {
    let logits = Tensor::<2>::from_floats([[1.0, f32::NEG_INFINITY, 0.0]], &device());
    let best = TopK::of(logits, 3, 1.0);
    assert_eq!(numbers(best.tail), [f64::NEG_INFINITY]);
    let sum: f64 = numbers(best.log_probs).into_iter().map(f64::exp).sum();
    assert!((sum - 1.0).abs() < 1e-6);
}

/// The sparse losses learn the same from what is kept as from the teacher itself.
#[test]
fn sparse_losses_take_what_is_kept() {
    let (device, normal) = (device(), Distribution::Normal(0.0, 2.0));
    let (student, teacher) = (
        Tensor::<2>::random([4, 20], normal, &device),
        Tensor::<2>::random([4, 20], normal, &device),
    );
    let loss = SparseSoftLabelLossConfig::new().with_temperature(1.0).init();
    let best = reversed(TopK::of(teacher.clone().flip([0]), 5, 1.0), Floats::F32);
    let kept = loss.forward(student.clone(), best);
    let fresh = loss.forward(student, TopK::of(teacher, 5, 1.0));
    assert_close("the loss", &numbers(kept), &numbers(fresh), within(1e-6));
}

#[test]
fn another_form_is_told() {
    let folder = Folder::new();
    let cache: Cache = recorded(&folder, 4, 4);
    let error = cache.get::<Tensor<3>>(&[0], &device()).unwrap_err();
    assert!(matches!(error, Error::OtherForm { .. }));
    let message = error.to_string();
    assert!(
        message.contains("holds 'logits' [5] in F32 for each sample, not 'logits', floats of 2 axes"),
        "{message}"
    );
    let message = cache.get::<Features>(&[0], &device()).unwrap_err().to_string();
    assert!(message.contains("not 'features.NAME'"), "{message}");
    drop(cache);

    let other = Tensor::<2>::zeros([1, 7], &device());
    let message = writer(&folder, 4).append(&[9], other).unwrap_err().to_string();
    assert!(
        message.contains("holds 'logits' [5] in F32 for each sample, not 'logits' [7] in F32"),
        "{message}"
    );
}

#[test]
fn what_half_precision_does_not_reach_is_told() {
    let folder = Folder::new();
    let config = CacheWriterConfig::new().with_floats(Floats::F16);
    let mut writer = config.open(folder.path(), &key()).unwrap();
    let large = Tensor::<2>::from_floats([[1.0, 2.0], [3.0, 7e4]], &device());
    let message = writer.append(&[5, 6], large).unwrap_err().to_string();
    assert!(
        message.starts_with("'logits' of sample 6 is 70000, which F16 cannot hold"),
        "{message}"
    );
    assert!(writer.is_empty(), "none is recorded");

    // −∞ is a logit like any other: it rules a class out.
    let ruled_out = Tensor::<2>::from_floats([[1.0, f32::NEG_INFINITY]], &device());
    writer.append(&[5], ruled_out).unwrap();
    assert_eq!(read(&writer.finish().unwrap(), &[5]).unwrap(), [1.0, f32::NEG_INFINITY]);
}

/// What the format takes: the figure of the project's aims, 1.5 % of all logits in f32.
#[test]
fn the_best_64_of_32000_classes_take_little_room() {
    let folder = Folder::new();
    let mut writer = CacheWriterConfig::new().open(folder.path(), &key()).unwrap();
    let (samples, classes) = (64, 32_000);
    let logits = Tensor::<2>::random([samples, classes], Distribution::Normal(0.0, 2.0), &device());
    let ids: Vec<u64> = (0..samples as u64).collect();
    writer.append(&ids, TopK::of(logits, 64, 1.0)).unwrap();
    drop(writer);
    let sizes = folder
        .files()
        .into_iter()
        .map(|file| folder.path().join(file).metadata().unwrap().len());
    let share = sizes.sum::<u64>() as f64 / (samples * classes * 4) as f64;
    assert!(share <= 0.015, "{share}");
}
