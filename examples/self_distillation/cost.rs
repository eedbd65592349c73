//! What an answer of each exit costs: numbers that learn, multiply-adds, time.

use std::hint::black_box;
use std::time::Instant;

use burn::prelude::*;
use kd::self_distillation::EarlyExit;
use kd_examples::digits::Digits;
use serde::Serialize;

use crate::lab::BATCH;
use crate::network::{EXITS, Network, NetworkConfig};

/// Measurements, of which the fastest counts: all others waited for something else.
const REPEATS: usize = 20;

/// What an answer of one exit costs, the other exits left out.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    /// The exit, counted from 1, the shallowest.
    pub exit: usize,
    /// Numbers that learn.
    pub parameters: usize,
    /// Multiply-adds for an image.
    pub multiply_adds: usize,
    /// Microseconds for an image, in batches.
    pub microseconds: f64,
}

/// What it takes to leave at the first exit that is sure, measured.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct EarlyExitTime {
    /// How sure.
    pub threshold: f64,
    /// Microseconds for an image, in batches.
    pub microseconds: f64,
}

/// Of every exit of networks of this size, measured on `device` with the first of these images.
pub fn costs(config: &NetworkConfig, images: &Digits, device: &Device) -> [Cost; EXITS] {
    // Freshly drawn weights take as long as trained ones.
    let network = config.init(device).valid();
    let (parameters, multiply_adds) = (config.parameters(), config.multiply_adds());
    std::array::from_fn(|exit| Cost {
        exit: exit + 1,
        parameters: parameters[exit],
        multiply_adds: multiply_adds[exit],
        microseconds: microseconds(images, device, |images| network.answer(exit, images)),
    })
}

/// How long a network takes that stops at the first exit that is sure, with each of these thresholds.
pub fn early_exit_times(network: &Network, thresholds: &[f64], images: &Digits, device: &Device) -> Vec<EarlyExitTime> {
    let network = network.valid();
    let time = |&threshold: &f64| EarlyExitTime {
        threshold,
        microseconds: microseconds(images, device, |images| {
            EarlyExit::new(threshold).run(&network, images).logits
        }),
    };
    thresholds.iter().map(time).collect()
}

/// For an image of a batch.
fn microseconds(images: &Digits, device: &Device, answer: impl Fn(Tensor<2>) -> Tensor<2>) -> f64 {
    let count = BATCH.min(images.len());
    let images = images.split_at(count).0.images(device);
    let time = |_| {
        let started = Instant::now();
        black_box(answer(images.clone()).into_data());
        started.elapsed().as_secs_f64() * 1e6 / count as f64
    };
    (0..REPEATS).map(time).fold(f64::INFINITY, f64::min)
}
