//! The making of ensembles: what members learn from, what they decide by voting, and how unlike they are.

mod boosting;
mod bootstrap;
mod diversity;
mod diversity_bad_input;
mod weighted_vote;

use burn::tensor::{Device, Int, Tensor, TensorData};

/// Rows of these numbers on the device, exact if they fit into f32.
fn rows(numbers: &[f64], classes: usize, device: &Device) -> Tensor<2> {
    let numbers: Vec<f32> = numbers.iter().map(|&x| x as f32).collect();
    let count = numbers.len() / classes;
    Tensor::from_data(TensorData::new(numbers, [count, classes]), device)
}

fn labels(labels: &[usize], device: &Device) -> Tensor<1, Int> {
    let labels: Vec<i64> = labels.iter().map(|&label| label as i64).collect();
    let count = labels.len();
    Tensor::from_data(TensorData::new(labels, [count]), device)
}
