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

/// What the exits of `network` cost, which is of this size, and how long it takes to leave early with each of `thresholds`.
///
/// Measured on `device` with the first of these images. All take turns, so that a busy machine is as unfair to each.
pub fn measure(
    config: &NetworkConfig,
    network: &Network,
    thresholds: &[f64],
    images: &Digits,
    device: &Device,
) -> ([Cost; EXITS], Vec<EarlyExitTime>) {
    let network = network.valid();
    let images = images.split_at(BATCH.min(images.len())).0.images(device);
    let time = |answer: &dyn Fn(Tensor<2>) -> Tensor<2>| {
        let started = Instant::now();
        black_box(answer(images.clone()).into_data());
        started.elapsed().as_secs_f64() * 1e6 / images.dims()[0] as f64
    };
    let mut exits = [f64::INFINITY; EXITS];
    let mut early = vec![f64::INFINITY; thresholds.len()];
    for _ in 0..REPEATS {
        for (exit, fastest) in exits.iter_mut().enumerate() {
            *fastest = fastest.min(time(&|images| network.answer(exit, images)));
        }
        for (threshold, fastest) in thresholds.iter().zip(&mut early) {
            let early_exit = EarlyExit::new(*threshold);
            *fastest = fastest.min(time(&|images| early_exit.run(&network, images).logits));
        }
    }
    let (parameters, multiply_adds) = (config.parameters(), config.multiply_adds());
    let costs = std::array::from_fn(|exit| Cost {
        exit: exit + 1,
        parameters: parameters[exit],
        multiply_adds: multiply_adds[exit],
        microseconds: exits[exit],
    });
    let times = thresholds
        .iter()
        .zip(early)
        .map(|(&threshold, microseconds)| EarlyExitTime {
            threshold,
            microseconds,
        });
    (costs, times.collect())
}
