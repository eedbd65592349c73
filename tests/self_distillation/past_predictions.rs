//! What is remembered of the last epoch: by whom it is read, how it is saved, and what cannot be asked.

use std::fs;

use burn::tensor::{DType, Tensor, TensorData};
use kd::{
    DistillLoss, Error, Labelled, rows,
    self_distillation::{PastPredictions, PastPredictionsConfig, ProgressiveLossConfig},
};
use kd_testkit::device;

use crate::folder::Folder;

const SAMPLES: usize = 7;
const CLASSES: usize = 3;

fn config() -> PastPredictionsConfig {
    PastPredictionsConfig::new(SAMPLES, CLASSES)
}

/// Logits that no other sample and no other epoch has, none of them a round number.
fn logits(ids: &[usize], epoch: usize) -> Tensor<2> {
    Tensor::from_data(TensorData::new(numbers(ids, epoch), [ids.len(), CLASSES]), &device())
}

fn numbers(ids: &[usize], epoch: usize) -> Vec<f32> {
    let of = |id: usize| (0..CLASSES).map(move |class| ((id * 31 + epoch * 7 + class) as f32).sin() * 9.0);
    ids.iter().flat_map(|&id| of(id)).collect()
}

fn read(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

fn labels(labels: &[i32]) -> Tensor<1, burn::tensor::Int> {
    Tensor::from_data(TensorData::new(labels.to_vec(), [labels.len()]), &device())
}

fn message<T>(result: Result<T, Error>) -> String {
    result.err().expect("it must be an error").to_string()
}

/// Everything of epochs 1 and 2, and half of epoch 3.
fn used(config: &PastPredictionsConfig) -> PastPredictions {
    let mut past = config.init();
    for epoch in 1..=2 {
        past.put(&[6, 2, 0], logits(&[6, 2, 0], epoch)).unwrap();
        past.put(&[1, 3, 4, 5], logits(&[1, 3, 4, 5], epoch)).unwrap();
        past.next_epoch();
    }
    past.put(&[4, 1], logits(&[4, 1], 3)).unwrap();
    past
}

#[test]
fn the_last_epoch_comes_back_to_the_bit_whatever_this_one_has_written() {
    let past = used(&config());
    assert_eq!(past.epoch(), 3);
    for ids in [&[0, 1, 2, 3, 4, 5, 6][..], &[4, 1, 6], &[5, 5]] {
        assert_eq!(read(past.get(ids, &device()).unwrap()), numbers(ids, 2));
    }
}

#[test]
fn a_sample_that_an_epoch_left_out_keeps_what_it_had() {
    let mut past = used(&config());
    past.next_epoch();
    for (id, epoch) in [(0, 2), (1, 3), (2, 2), (3, 2), (4, 3), (5, 2), (6, 2)] {
        assert_eq!(read(past.get(&[id], &device()).unwrap()), numbers(&[id], epoch), "{id}");
    }
}

#[test]
fn half_precision_keeps_the_distribution_of_the_largest_logits() {
    let mut past = config().with_half(true).init();
    let huge = Tensor::<2>::from_floats([[1e6, 1e6 - 2.0, -1e6]], &device());
    past.put(&[5], huge.clone()).unwrap();
    past.next_epoch();
    let kept = past.get(&[5], &device()).unwrap();
    assert_eq!(kept.dtype(), DType::F32);
    assert_eq!(read(kept.clone()), [0.0, -2.0, f32::NEG_INFINITY]);
    assert_eq!(read(rows::soften(kept, 1.0)), read(rows::soften(huge, 1.0)));
}

/// In epoch 1 the past is the label, so that any share of it makes the plain cross-entropy.
#[test]
fn the_first_epoch_learns_from_labels_alone() {
    let past = config().init();
    let (ids, device) = ([3, 6], device().autodiff());
    let student = || logits(&ids, 1).without_autodiff();
    let expected = rows::cross_entropy(student(), labels(&[2, 0]));
    for alpha in [0.0, 0.3, 1.0] {
        let teacher = past.teach(&ids, labels(&[2, 0])).unwrap();
        let leaf = Tensor::<2>::from_data(student().into_data(), &device).require_grad();
        let loss = ProgressiveLossConfig::new().with_alpha(alpha).init();
        let values = loss.per_sample(leaf.clone(), teacher);
        let gradient = leaf.grad(&values.clone().sum().backward()).unwrap();
        for (found, expected) in values.into_data().iter::<f32>().zip(expected.to_data().iter::<f32>()) {
            assert!(
                (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
                "{found} {expected}"
            );
        }
        let probs = read(rows::soften(student(), 1.0));
        for (at, (found, p)) in read(gradient).iter().zip(&probs).enumerate() {
            let label = f32::from(u8::from(at == 2 || at == 3));
            assert!((found - (p - label)).abs() < 1e-6, "{found}");
        }
    }
}

#[test]
fn later_epochs_learn_from_the_past() {
    let teacher = used(&config()).teach(&[2, 4], labels(&[1, 1])).unwrap();
    assert_eq!(read(teacher.logits), numbers(&[2, 4], 2));
    assert_eq!(teacher.labels.into_data().iter::<i64>().collect::<Vec<_>>(), [1, 1]);
}

/// No gradient comes back through what was put, and none through what is read.
#[test]
fn the_past_is_off_the_graph() {
    let device = device().autodiff();
    let student = Tensor::<2>::from_data(logits(&[0], 1).into_data(), &device).require_grad();
    let mut past = config().init();
    past.put(&[0], student).unwrap();
    past.next_epoch();
    assert!(!past.get(&[0], &device).unwrap().is_autodiff());
}

#[test]
fn it_is_saved_and_loaded_to_the_bit_in_the_middle_of_an_epoch() {
    let folder = Folder::new("past-bits");
    for half in [false, true] {
        let (config, file) = (config().with_half(half), folder.file("past.safetensors"));
        let mut past = used(&config);
        past.save(&file).unwrap();
        let mut loaded = PastPredictions::load(&file, &config).unwrap();
        assert_eq!(loaded.epoch(), 3);
        // The same file again, so the same bits, of both tables.
        loaded.save(folder.file("again")).unwrap();
        assert_eq!(fs::read(&file).unwrap(), fs::read(folder.file("again")).unwrap());
        // And they go on in the same way.
        for past in [&mut past, &mut loaded] {
            assert!(message(past.put(&[4], logits(&[4], 3))).contains("sample 4 was put twice in epoch 3"));
            past.put(&[0], logits(&[0], 3)).unwrap();
            past.next_epoch();
        }
        let all: Vec<usize> = (0..SAMPLES).collect();
        let both = [&past, &loaded].map(|past| read(past.get(&all, &device()).unwrap()));
        assert_eq!(both[0], both[1]);
    }
}

#[test]
fn the_file_is_laid_out_as_safetensors() {
    let folder = Folder::new("past-layout");
    let file = folder.file("past");
    used(&config()).save(&file).unwrap();
    let bytes = fs::read(&file).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    assert_eq!(length % 8, 0);
    assert_eq!(header["epoch"]["dtype"], "U64");
    assert_eq!(header["last.logits"]["dtype"], "F32");
    assert_eq!(header["last.logits"]["shape"], serde_json::json!([SAMPLES, CLASSES]));
    let start = 8 + length + header["last.logits"]["data_offsets"][0].as_u64().unwrap() as usize;
    let row: Vec<u8> = numbers(&[0], 2).iter().flat_map(|x| x.to_le_bytes()).collect();
    assert_eq!(bytes[start..start + row.len()], row);
}

#[test]
fn a_sample_never_seen_is_named() {
    let mut past = config().init();
    let expected = "PastPredictions: sample 2 was not seen before epoch 1, so it has no past; put what the student says of \
                    every sample in each epoch";
    assert_eq!(message(past.get(&[2], &device())), expected);
    past.put(&[2, 3], logits(&[2, 3], 1)).unwrap();
    past.next_epoch();
    let error = message(past.teach(&[2, 5, 3], labels(&[0, 0, 0])));
    assert!(error.contains("sample 5 was not seen before epoch 2"), "{error}");
}

#[test]
fn a_sample_seen_twice_is_named_and_nothing_is_lost() {
    let mut past = config().init();
    past.put(&[2, 3], logits(&[2, 3], 1)).unwrap();
    for ids in [&[0, 3][..], &[1, 1], &[0, SAMPLES]] {
        assert!(past.put(ids, logits(ids, 9)).is_err());
    }
    let twice = message(past.put(&[0, 3], logits(&[0, 3], 9)));
    let remedy = "draw samples without replacement, and call `next_epoch` between epochs";
    assert_eq!(
        twice,
        format!("PastPredictions: sample 3 was put twice in epoch 1; {remedy}")
    );
    assert!(message(past.put(&[1, 1], logits(&[1, 1], 9))).contains("sample 1 was put twice"));
    // Samples 0 and 1 of the refused batches were not written, and 2 and 3 are what they were.
    past.put(&[0, 1], logits(&[0, 1], 1)).unwrap();
    past.next_epoch();
    assert_eq!(
        read(past.get(&[0, 1, 2, 3], &device()).unwrap()),
        numbers(&[0, 1, 2, 3], 1)
    );
}

#[test]
fn a_sample_beyond_the_dataset_is_named() {
    let mut past = used(&config());
    let expected =
        "PastPredictions: sample 7 is none of the 7 samples that this was made for; make it as large as the dataset";
    assert_eq!(message(past.get(&[0, 7], &device())), expected);
    assert_eq!(message(past.teach(&[7], labels(&[0]))), expected);
    assert_eq!(message(past.put(&[7], logits(&[7], 3))), expected);
    assert_eq!(message(config().init().teach(&[7], labels(&[0]))), expected);
}

#[test]
fn a_file_that_is_another_thing_says_so() {
    let folder = Folder::new("past-other");
    let file = folder.file("past");
    used(&config()).save(&file).unwrap();
    let whole = fs::read(&file).unwrap();

    let larger = PastPredictionsConfig::new(SAMPLES + 1, CLASSES);
    let error = message(PastPredictions::load(&file, &larger));
    assert!(
        error.contains("'last.logits' is F32 of shape [7, 3], and not F32 of shape [8, 3]"),
        "{error}"
    );
    let wider = PastPredictionsConfig::new(SAMPLES, CLASSES + 1);
    assert!(message(PastPredictions::load(&file, &wider)).contains("and not F32 of shape [7, 4]"));
    let half = config().with_half(true);
    assert!(message(PastPredictions::load(&file, &half)).contains("and not F16 of shape [7, 3]"));

    for cut in [0, 5, 8, 100, whole.len() - 1] {
        fs::write(&file, &whole[..cut]).unwrap();
        let error = message(PastPredictions::load(&file, &config()));
        assert!(
            error.contains("is not a valid memory of past predictions"),
            "{cut}: {error}"
        );
    }
    fs::write(&file, [whole.as_slice(), &[0]].concat()).unwrap();
    assert!(message(PastPredictions::load(&file, &config())).contains("it is no whole file of arrays"));
    let mut neither = whole.clone();
    *neither.last_mut().unwrap() = 2;
    fs::write(&file, neither).unwrap();
    assert!(message(PastPredictions::load(&file, &config())).contains("neither true nor false"));
    let missing = message(PastPredictions::load(folder.file("nowhere"), &config()));
    assert!(
        missing.contains("nowhere") && missing.contains("cannot read"),
        "{missing}"
    );
}

/// Where nothing can be written, what was there stays.
#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let folder = Folder::new("past-write");
    let file = folder.file("no folder");
    fs::write(&file, "what was there").unwrap();
    let error = message(used(&config()).save(file.join("past")));
    assert!(error.contains("cannot write"), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "what was there");
    assert_eq!(folder.files(), 1);
}

#[test]
#[should_panic(expected = "PastPredictions: the logits have shape [1, 4], and the memory is of 3 classes")]
fn other_classes_cannot_be_put() {
    let _ = config().init().put(&[0], Tensor::zeros([1, 4], &device()));
}

#[test]
#[should_panic(expected = "PastPredictions: there are 1 ids for 2 samples")]
fn each_row_has_an_id() {
    let _ = config().init().put(&[0], Tensor::zeros([2, 3], &device()));
}

#[test]
#[should_panic(expected = "PastPredictions: there are 2 labels for 1 rows")]
fn each_id_has_a_label() {
    let _: Result<Labelled, Error> = config().init().teach(&[0], labels(&[0, 1]));
}

#[test]
fn no_samples_are_an_error() {
    let error = PastPredictionsConfig::new(0, 3).try_init().unwrap_err();
    assert_eq!(
        error.to_string(),
        "PastPredictionsConfig: samples is 0, but must be at least 1"
    );
}

/// More bytes than a number counts, by a product that would come out as 0, and more than a table can have.
#[test]
fn a_table_beyond_all_memory_is_an_error() {
    for (samples, classes) in [(1 << 62, 4), (4, 1 << 62), (1 << 61, 1)] {
        let error = PastPredictionsConfig::new(samples, classes).try_init().unwrap_err();
        let expected = format!(
            "PastPredictionsConfig: samples is {}, but must be so few that their rows of classes can be addressed",
            samples as f64
        );
        assert_eq!(error.to_string(), expected);
    }
}
