//! What was said of half of a batch one step ago: the loss and the memory.

use std::fs;

use burn::{
    config::Config,
    tensor::{DType, Device, Tensor, TensorData},
};
use kd::{
    DistillLoss, Error, Labelled, rows,
    self_distillation::{LastBatch, LastBatchLoss, LastBatchLossConfig, LastBatchSamplerConfig, Recalled},
};
use kd_testkit::{Subject, device, golden, laws};

use crate::folder::Folder;

/// The loss, and of how many rows something was said.
#[derive(Config, Debug)]
struct SharedConfig {
    #[config(default = 3.0)]
    temperature: f64,
    #[config(default = 1.0)]
    weight: f64,
    #[config(default = 0)]
    shared: usize,
}

/// Of the first `shared` rows of the teacher's logits something was said.
#[derive(Clone)]
struct Shared(LastBatchLoss, usize);

impl DistillLoss<Tensor<2>, Labelled> for Shared {
    fn per_sample(&self, student: Tensor<2>, Labelled { logits, labels }: Labelled) -> Tensor<1> {
        let logits = (self.1 > 0).then(|| logits.slice_dim(0, 0..self.1));
        self.0.per_sample(student, Recalled { logits, labels })
    }
}

#[test]
fn golden() {
    golden::check("last_batch.json", &device(), &SharedConfig::new(), |config| {
        let loss = LastBatchLossConfig::new()
            .with_temperature(config.temperature)
            .with_weight(config.weight);
        Subject::new::<Tensor<2>, Labelled>(Shared(loss.init(), config.shared))
    });
}

/// Something was said of every row, and each row stands alone.
#[derive(Clone)]
struct All(LastBatchLoss);

impl DistillLoss<Tensor<2>, Labelled> for All {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, Labelled { logits, labels }: Labelled) -> Tensor<1> {
        let logits = Some(logits);
        self.0.per_sample(student, Recalled { logits, labels })
    }
}

fn all(config: &LastBatchLossConfig) -> Subject {
    Subject::new::<Tensor<2>, Labelled>(All(config.init()))
}

laws!(all_rows: [independent, mean, smooth, softmax], all(&LastBatchLossConfig::new()));
laws!(all_rows_t1: [independent, mean, smooth, softmax],
    all(&LastBatchLossConfig::new().with_temperature(1.0).with_weight(0.3)));

/// All of `coupled` but unequal batches: fewer rows recalled than there are is what the loss is for.
#[test]
fn what_every_loss_keeps() {
    let subject = all(&LastBatchLossConfig::new());
    laws::the_mean_is_of_the_values(&subject);
    laws::order_does_not_matter(&subject);
    laws::the_teacher_is_a_constant(&subject);
    laws::an_empty_batch_has_no_mean(&subject);
    laws::half_precision_is_widened(&subject);
    laws::never_negative(&subject);
}

fn recalled(rows: usize, shared: usize, classes: usize) {
    let logits = |rows, classes| Tensor::<2>::zeros([rows, classes], &device());
    let labels = Tensor::zeros([rows], &device());
    let logits_of_past = Some(logits(shared, classes));
    let _ = LastBatchLossConfig::new().init().forward(
        logits(rows, 3),
        Recalled {
            logits: logits_of_past,
            labels,
        },
    );
}

#[test]
#[should_panic(expected = "LastBatchLoss: the student has shape [2, 3], and what is recalled [3, 3]")]
fn more_recalled_than_there_are() {
    recalled(2, 3, 3);
}

#[test]
#[should_panic(expected = "LastBatchLoss: the student has shape [2, 3], and what is recalled [1, 4]")]
fn recalled_in_other_classes() {
    recalled(2, 1, 4);
}

fn logits(ids: &[usize]) -> Tensor<2> {
    Tensor::from_data(TensorData::new(numbers(ids), [ids.len(), 3]), &device())
}

fn numbers(ids: &[usize]) -> Vec<f32> {
    let of = |id: usize| (0..3).map(move |class| ((id * 5 + class) as f32).sin());
    ids.iter().flat_map(|&id| of(id)).collect()
}

fn labels(count: usize) -> Tensor<1, burn::tensor::Int> {
    Tensor::zeros([count], &device())
}

fn read(recalled: Recalled) -> Option<Vec<f32>> {
    recalled.logits.map(|logits| logits.into_data().try_to_vec().unwrap())
}

fn message<T>(result: Result<T, Error>) -> String {
    result.err().expect("it must be an error").to_string()
}

#[test]
fn what_was_new_is_recalled_in_the_next_step_and_no_longer() {
    let mut last = LastBatch::new();
    assert_eq!(read(last.teach(&[4, 2], labels(2)).unwrap()), None);
    last.put(&[4, 2], logits(&[4, 2])).unwrap();
    assert_eq!(read(last.teach(&[4, 2, 7], labels(3)).unwrap()), Some(numbers(&[4, 2])));
    last.put(&[4, 2, 7], logits(&[4, 2, 7])).unwrap();
    assert_eq!(last.ids(), [7]);
    assert_eq!(read(last.teach(&[7, 4], labels(2)).unwrap()), Some(numbers(&[7])));
    last.put(&[7], logits(&[7])).unwrap(); // a batch that brings nothing new
    assert_eq!(read(last.teach(&[0], labels(1)).unwrap()), None);
}

#[test]
fn a_batch_that_begins_with_others_is_an_error_and_changes_nothing() {
    let mut last = LastBatch::new();
    last.put(&[4, 2], logits(&[4, 2])).unwrap();
    let remedy = "begin a batch with the new samples of the one before, in their order, as `LastBatchSampler` does, or \
                  with a new `LastBatch`";
    for (ids, expected) in [
        (
            &[4, 3, 2][..],
            "LastBatch: sample 3 stands where sample 2 of the last batch should come again",
        ),
        (
            &[2, 4, 7],
            "LastBatch: sample 2 stands where sample 4 of the last batch should come again",
        ),
        (&[4], "LastBatch: sample 2 of the last batch does not come again"),
    ] {
        let expected = format!("{expected}; {remedy}");
        assert_eq!(message(last.teach(ids, labels(ids.len()))), expected);
        assert_eq!(message(last.put(ids, logits(ids))), expected);
        assert_eq!(last.ids(), [4, 2]);
    }
    assert_eq!(read(last.teach(&[4, 2], labels(2)).unwrap()), Some(numbers(&[4, 2])));
}

#[test]
fn what_is_recalled_is_off_the_graph() {
    let student = Tensor::<2>::from_data(logits(&[1]).into_data(), &device().autodiff()).require_grad();
    let mut last = LastBatch::new();
    last.put(&[1], student).unwrap();
    let recalled = last.teach(&[1], labels(1)).unwrap();
    assert!(!recalled.logits.unwrap().is_autodiff());
}

#[test]
fn it_is_saved_and_loaded_to_the_bit() {
    let folder = Folder::new("last-batch");
    let file = folder.file("last");
    let mut last = LastBatch::new();
    last.save(&file).unwrap();
    assert_eq!(LastBatch::load(&file, &device()).unwrap().ids(), [0; 0]);

    for dtype in [DType::F32, DType::F16, DType::BF16] {
        if !device().supports_dtype(dtype) {
            continue;
        }
        last = LastBatch::new();
        last.put(&[5, 1 << 40], logits(&[5, 9]).cast(dtype)).unwrap();
        last.save(&file).unwrap();
        let loaded = LastBatch::load(&file, &device()).unwrap();
        assert_eq!(loaded.ids(), last.ids());
        let [found, expected] = [loaded, last.clone()].map(|last| {
            let recalled = last.teach(&[5, 1 << 40], labels(2)).unwrap();
            recalled.logits.unwrap().into_data()
        });
        assert_eq!(found, expected);
        assert_eq!(found.dtype(), dtype);
    }
}

/// What another device remembered in a type that this one lacks is an error at once, and never a panic in a later step.
#[test]
fn a_type_that_the_device_has_not_is_an_error() {
    let folder = Folder::new("other-types");
    let file = folder.file("last");
    for dtype in [DType::F64, DType::F16, DType::BF16] {
        let logits = Tensor::<2>::ones([1, 3], (&Device::flex(), dtype));
        let mut last = LastBatch::new();
        last.put(&[5], logits).unwrap();
        last.save(&file).unwrap();
        let loaded = LastBatch::load(&file, &device());
        if device().supports_dtype(dtype) {
            let recalled = loaded.unwrap().teach(&[5], labels(1)).unwrap();
            assert_eq!(recalled.logits.unwrap().dtype(), dtype);
        } else {
            let error = message(loaded);
            assert!(error.contains("which this device has not"), "{error}");
        }
    }
}

#[test]
fn a_file_that_is_another_thing_says_so() {
    let folder = Folder::new("not-last-batch");
    let file = folder.file("last");
    kd::self_distillation::PastPredictionsConfig::new(2, 2)
        .init()
        .save(&file)
        .unwrap();
    let error = message(LastBatch::load(&file, &device()));
    assert!(
        error.contains("is not a valid memory of the last batch: it holds another thing, a memory of past"),
        "{error}"
    );

    let mut last = LastBatch::new();
    last.put(&[5], logits(&[5])).unwrap();
    last.save(&file).unwrap();
    let whole = fs::read(&file).unwrap();
    for cut in [0, 8, whole.len() - 1] {
        fs::write(&file, &whole[..cut]).unwrap();
        assert!(message(LastBatch::load(&file, &device())).contains("is not a valid memory of the last batch"));
    }
    let shape = whole.windows(5).position(|window| window == b"[1,3]").unwrap();
    let mut other = whole.clone();
    other[shape..shape + 5].copy_from_slice(b"[3,1]");
    fs::write(&file, other).unwrap();
    let error = message(LastBatch::load(&file, &device()));
    assert!(
        error.contains("it has not a row of logits for each of its 1 ids"),
        "{error}"
    );
}

/// An interrupted training goes on where it was, with the same targets.
#[test]
fn a_resumed_run_is_taught_the_same() {
    let folder = Folder::new("resumed");
    let file = folder.file("last");
    let batches = LastBatchSamplerConfig::new(9, 2).init();
    let stream = || (1..=2).flat_map(|epoch| batches.epoch(epoch));
    let taught = |last: &mut LastBatch, ids: &[usize]| {
        let teacher = last.teach(ids, labels(ids.len())).unwrap();
        let value = LastBatchLossConfig::new().init().forward(logits(ids), teacher);
        last.put(ids, rows::soften(logits(ids), 0.5)).unwrap();
        value.into_scalar::<f32>()
    };
    let mut last = LastBatch::new();
    let whole: Vec<f32> = stream().map(|ids| taught(&mut last, &ids)).collect();

    let mut last = LastBatch::new();
    let mut parts: Vec<f32> = stream().take(6).map(|ids| taught(&mut last, &ids)).collect();
    last.save(&file).unwrap();
    let mut last = LastBatch::load(&file, &device()).unwrap();
    parts.extend(stream().skip(6).map(|ids| taught(&mut last, &ids)));
    assert_eq!(whole, parts);
}
