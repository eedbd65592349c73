//! What is measured: against PyTorch, whatever the cut into batches, and of bad input.

mod bad_input;
mod golden;
mod laws;
mod saved;

use burn::tensor::{Device, Float, Int, Tensor, TensorData};
use kd::metrics::{Agreement, Scores};

/// Rows of these numbers on the device, exact if they fit into f32.
fn rows(numbers: &[f64], classes: usize, device: &Device) -> Tensor<2, Float> {
    let numbers: Vec<f32> = numbers.iter().map(|&x| x as f32).collect();
    let count = numbers.len() / classes;
    Tensor::from_data(TensorData::new(numbers, [count, classes]), device)
}

fn labels(labels: &[usize], device: &Device) -> Tensor<1, Int> {
    let labels: Vec<i64> = labels.iter().map(|&label| label as i64).collect();
    let count = labels.len();
    Tensor::from_data(TensorData::new(labels, [count]), device)
}

/// Every number that scores have.
fn numbers(scores: &Scores) -> Vec<f64> {
    let report = scores.report().unwrap();
    let calibration = scores.calibration();
    let overall = [
        report.accuracy,
        report.nll,
        report.brier,
        report.ece,
        report.mce,
        calibration.confidence().unwrap(),
    ];
    // An empty bin is not the same as one that has 0.
    let bins = calibration.bins().flat_map(|bin| {
        [
            bin.samples as f64,
            bin.accuracy.unwrap_or(-1.0),
            bin.confidence.unwrap_or(-1.0),
        ]
    });
    overall.into_iter().chain(bins).collect()
}

/// Every number that an agreement has.
fn alike(agreement: &Agreement) -> Vec<f64> {
    let all = [agreement.top_1(), agreement.kl(), agreement.overlap(), agreement.mass()];
    all.map(Option::unwrap).to_vec()
}
