//! What a network costs: its size, and its time for an image.

use std::hint::black_box;
use std::time::Instant;

use burn::prelude::*;
use kd_examples::digits::Digits;
use kd_examples::mlp::MlpConfig;
use serde::Serialize;

/// Images in the measured batch.
const BATCH: usize = 256;
/// Measured batches, of which the fastest counts: all others waited for something else.
const REPEATS: usize = 20;

/// What a network costs.
#[derive(Clone, Debug, Serialize)]
pub struct Cost {
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Weights and biases.
    pub parameters: usize,
    /// Multiply-adds for an image.
    pub multiply_adds: usize,
    /// Microseconds for an image, in batches.
    pub microseconds: f64,
}

impl Cost {
    /// Of networks of this size, measured on `device` with the first of these digits.
    pub fn measure(config: &MlpConfig, digits: &Digits, device: &Device) -> Self {
        let count = BATCH.min(digits.len());
        let images = digits.split_at(count).0.images(device);
        // Freshly drawn weights take as long as trained ones; dropout would take longer, and is for training.
        let network = config.init(device).valid();
        let time = |_| {
            let started = Instant::now();
            black_box(network.forward(images.clone()).into_data());
            started.elapsed().as_secs_f64() * 1e6 / count as f64
        };
        Self {
            hidden: config.hidden.clone(),
            parameters: config.parameters(),
            multiply_adds: config.multiply_adds(),
            microseconds: (0..REPEATS).map(time).fold(f64::INFINITY, f64::min),
        }
    }
}
