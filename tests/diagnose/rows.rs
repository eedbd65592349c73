//! Logits and labels from plain numbers.

use burn::tensor::{Int, Tensor, TensorData};
use kd::diagnose::Diagnosis;
use kd_testkit::device;

pub fn rows<const C: usize>(rows: &[[f64; C]]) -> Tensor<2> {
    let numbers: Vec<f32> = rows.iter().flatten().map(|&x| x as f32).collect();
    Tensor::from_data(TensorData::new(numbers, [rows.len(), C]), &device())
}

pub fn labels(labels: &[i32]) -> Tensor<1, Int> {
    Tensor::from_ints(labels, &device())
}

/// So many rows of logits that follow no rule, multiples of 1/16.
pub fn waved<const C: usize>(count: usize, speed: f64) -> Vec<[f64; C]> {
    let number = |place: usize| (16.0 * 6.0 * (speed * (1 + place) as f64).sin()).round() / 16.0;
    (0..count)
        .map(|row| std::array::from_fn(|class| number(row * C + class)))
        .collect()
}

/// Of one batch.
pub fn diagnosed<const C: usize>(student: &[[f64; C]], teacher: &[[f64; C]], right: &[i32]) -> Diagnosis {
    let mut diagnosis = Diagnosis::new(C);
    diagnosis.update(rows(student), rows(teacher), labels(right));
    diagnosis
}
