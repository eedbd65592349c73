//! What the dashboard shows is what the library's metrics count.

use std::path::Path;

use burn::data::dataloader::DataLoader;
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use burn::train::Learner;
use burn::train::logger::{FileMetricLogger, MetricLogger};
use burn::train::metric::AccuracyMetric;
use burn::train::metric::store::Split;
use kd::metrics::{Accuracy, Agreement, Calibration};
use kd::prelude::*;
use kd::rows;
use kd::train::{Batch, ChoicesMetric, Distillation, DistillationMetrics, EpochLoader, TermMetric};
use kd_testkit::{assert_close, contents, device, within};

use crate::model::{
    Model, Network, Points, RATE, SAMPLES, SIZE, Sample, loader, model, objective, of_samples, optimizer, teacher,
    training,
};

/// The value of the whole epoch: the last entry.
fn of_epoch(folder: &Path, metric: &str) -> f64 {
    let logged = FileMetricLogger::new(folder).read_numeric(metric, 1, &Split::Valid);
    logged
        .unwrap()
        .last()
        .unwrap_or_else(|| panic!("{metric} was not logged"))
        .current()
}

#[test]
fn they_are_those_of_the_library() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    let result = training(folder.path(), loader(SIZE), loader(SIZE).in_order())
        .metrics(DistillationMetrics::new(["soft", "hard"]))
        .num_epochs(1)
        .launch(Learner::new(model(&device), optimizer(), RATE));
    assert!(result.error.is_none(), "{:?}", result.error);

    let all = loader(SAMPLES).in_order().to_device(&device.clone().without_autodiff());
    let batch = all.iter().next().unwrap().unwrap();
    let (logits, taught) = (
        result.model.student().forward(batch.input()),
        teacher(&device).teach(batch.input()),
    );
    let labels = batch.labels().unwrap();
    let percent = |logits: &Tensor<2>| {
        let (mut accuracy, mut calibration) = (Accuracy::new(), Calibration::default());
        accuracy.update(logits.clone(), labels.clone());
        calibration.update(logits.clone(), labels.clone());
        [accuracy.value(), calibration.expected_error()].map(|share| 100.0 * share.unwrap())
    };
    let ([accuracy, error], [teacher_accuracy, teacher_error]) = (percent(&logits), percent(&taught));
    let mut agreement = Agreement::new();
    agreement.update(logits.clone(), taught.clone());
    let soft = SoftLabelLossConfig::new().init().forward(logits.clone(), taught);
    let hard = rows::cross_entropy(logits, labels).mean();
    let [soft, hard] = [soft, hard].map(|value| value.into_scalar::<f64>());

    for (metric, expected) in [
        ("Accuracy", accuracy),
        ("Teacher Accuracy", teacher_accuracy),
        ("Teacher Agreement", 100.0 * agreement.top_1().unwrap()),
        ("Student ECE", error),
        ("Teacher ECE", teacher_error),
        ("Loss soft", soft),
        ("Loss hard", hard),
    ] {
        assert_close(metric, &[of_epoch(folder.path(), metric)], &[expected], within(1e-5));
    }
}

/// Of all samples, although the last batch is smaller.
#[test]
fn the_loss_is_the_weighted_sum() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    assert_ne!(SAMPLES % SIZE, 0);
    training(folder.path(), loader(SIZE), loader(SIZE).in_order())
        .metrics(DistillationMetrics::new(["soft", "hard"]))
        .num_epochs(1)
        .launch(Learner::new(model(&device), optimizer(), RATE));
    let [loss, soft, hard] = ["Loss", "Loss soft", "Loss hard"].map(|metric| of_epoch(folder.path(), metric));
    assert_close("the loss", &[loss], &[0.75 * soft + 0.25 * hard], within(1e-5));
}

/// A model that learns without labels, and batches that have none.
fn without_hard(device: &Device) -> Model {
    Distillation::new(Network::new(5, device), teacher(device), objective(4.0, 1.0))
}

fn unlabelled() -> EpochLoader<Sample, Points> {
    of_samples(0..SAMPLES, SIZE, false)
}

/// A batch without labels stops the run in words, and the student is there as far as it came.
#[test]
fn a_metric_that_needs_labels_says_so_and_loses_nothing() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    let model = without_hard(&device);
    let before = contents(&model.student().valid());
    let result = training(folder.path(), unlabelled(), unlabelled())
        .metrics((ChoicesMetric::teacher_accuracy(),))
        .num_epochs(2)
        .launch(Learner::new(model, optimizer(), RATE));
    let message = result.error.expect("an error").to_string();
    assert!(
        message.contains(
            "Teacher Accuracy: this batch has no labels; return them from `Batch::labels`, or take the metric out"
        ),
        "{message}"
    );
    assert_ne!(contents(&result.model.into_student()), before);
}

/// All metrics at once are no exception: none of them panics.
#[test]
fn all_metrics_say_what_is_missing_and_lose_nothing() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    let model = without_hard(&device);
    let before = contents(&model.student().valid());
    let result = training(folder.path(), unlabelled(), unlabelled())
        .metrics(DistillationMetrics::new(["soft"]))
        .num_epochs(2)
        .launch(Learner::new(model, optimizer(), RATE));
    let message = result.error.expect("an error").to_string();
    for metric in ["Accuracy", "Teacher Accuracy", "Student ECE", "Teacher ECE"] {
        assert!(message.contains(&format!("train/{metric}: ")), "{metric}: {message}");
    }
    assert_ne!(contents(&result.model.into_student()), before);
}

#[test]
fn without_labels_the_agreement_is_there() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    let model = without_hard(&device);
    let result = training(folder.path(), unlabelled(), unlabelled().in_order())
        .metrics((ChoicesMetric::agreement(), TermMetric::new("soft")))
        .num_epochs(1)
        .launch(Learner::new(model, optimizer(), RATE));
    assert!(result.error.is_none(), "{:?}", result.error);
    assert!((0.0..=100.0).contains(&of_epoch(folder.path(), "Teacher Agreement")));
}

#[test]
fn a_term_that_is_not_there_is_named_with_those_that_are() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    let result = training(folder.path(), loader(SIZE), loader(SIZE))
        .metrics((TermMetric::new("sofft"),))
        .num_epochs(1)
        .launch(Learner::new(model(&device), optimizer(), RATE));
    let message = result.error.expect("an error").to_string();
    assert!(
        message.contains("the objective has no term 'sofft'; it has 'soft', 'hard'"),
        "{message}"
    );
}

/// Burn's own metrics have no way to fail, so it is a panic there, with the same words.
#[test]
#[should_panic(expected = "this metric needs labels; return them from `Batch::labels`")]
fn burns_own_accuracy_panics_without_labels() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    let model = without_hard(&device);
    training(folder.path(), unlabelled(), unlabelled())
        .metrics((AccuracyMetric::new(),))
        .num_epochs(1)
        .launch(Learner::new(model, optimizer(), RATE));
}

/// The first rows alone count; the labels of the others are none.
#[test]
fn rows_that_do_not_count_are_not_counted() {
    use burn::data::dataloader::Progress;
    use burn::tensor::{Int, TensorData};
    use burn::train::metric::{Metric, MetricMetadata, Numeric};
    use kd::train::{AnswersInput, CalibrationErrorMetric};

    let device = device();
    let logits = |rows: [[f32; 2]; 4]| Some(Tensor::<2>::from_floats(rows, &device));
    let labels = Tensor::<1, Int>::from_data(TensorData::from([0, 1, -100, -100]), &device);
    let counting = |mask: [bool; 4]| {
        AnswersInput::new()
            .with_student(logits([[2.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.0, 2.0]]))
            .with_teacher(logits([[2.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 0.0]]))
            .with_labels(Some(labels.clone()))
            .with_counted(Some(Tensor::from_data(TensorData::from(mask), &device)))
    };
    let metadata = MetricMetadata {
        progress: Progress::new(1, 1, None),
        iteration: None,
        lr: None,
    };
    let answers = [counting([true, true, false, false]), counting([false; 4])];
    let mut choices = [
        ChoicesMetric::accuracy(),
        ChoicesMetric::teacher_accuracy(),
        ChoicesMetric::agreement(),
    ];
    let mut errors = [CalibrationErrorMetric::student(), CalibrationErrorMetric::teacher()];
    for answers in &answers {
        for metric in &mut choices {
            metric.update(answers, &metadata).unwrap();
        }
        for metric in &mut errors {
            metric.update(answers, &metadata).unwrap();
        }
    }
    let confidence = 100.0 / (1.0 + (-2.0f64).exp());
    assert_eq!(
        choices.each_ref().map(|metric| metric.final_value().current()),
        [50.0, 100.0, 50.0]
    );
    let errors = errors.each_ref().map(|metric| metric.final_value().current());
    assert_close(
        "errors",
        &errors,
        &[confidence - 50.0, 100.0 - confidence],
        within(1e-5),
    );
}
